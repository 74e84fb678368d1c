from django.urls import path, re_path

from accounts.views import entering, mails, profile, webhooks

app_name = "accounts"
urlpatterns = [
    path("accounts/sign-in/", entering.sign_in, name="sign-in"),
    path("accounts/sign-out/", entering.sign_out, name="sign-out"),
    # Wagtail's own would leave the Supabase session open.
    path("admin/logout/", entering.sign_out),
    path("accounts/sign-up/", entering.sign_up, name="sign-up"),
    path("accounts/check-your-mail/", mails.check_mail, name="check-mail"),
    path("accounts/resend/", mails.resend, name="resend"),
    path("accounts/forgotten-password/", mails.forgotten_password, name="forgotten-password"),
    path("accounts/new-password/", entering.new_password, name="new-password"),
    path("auth/confirm", mails.confirm, name="confirm"),
    path("account/", profile.profile, name="profile"),
    path("webhooks/supabase/", webhooks.receive_webhook, name="supabase-webhook"),
    # Supabase's sender turns a redirected POST into a GET: both spellings must arrive.
    re_path(r"^webhooks/supabase$", webhooks.receive_webhook),
]
