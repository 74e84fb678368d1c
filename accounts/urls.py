from django.urls import path, re_path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("accounts/sign-in/", views.sign_in, name="sign-in"),
    path("accounts/sign-out/", views.sign_out, name="sign-out"),
    # Wagtail's own would leave the Supabase session open.
    path("admin/logout/", views.sign_out),
    path("accounts/sign-up/", views.sign_up, name="sign-up"),
    path("accounts/check-your-mail/", views.check_mail, name="check-mail"),
    path("accounts/resend/", views.resend, name="resend"),
    path("accounts/forgotten-password/", views.forgotten_password, name="forgotten-password"),
    path("accounts/new-password/", views.new_password, name="new-password"),
    path("auth/confirm", views.confirm, name="confirm"),
    path("webhooks/supabase/", views.receive_webhook, name="supabase-webhook"),
    # Supabase's sender turns a redirected POST into a GET: both spellings must arrive.
    re_path(r"^webhooks/supabase$", views.receive_webhook),
]
