from django.conf import settings
from django.urls import path, re_path

from accounts.people.admin_account import editing_account
from accounts.views import (
    break_glass,
    entering,
    hooks,
    mails,
    personal_data,
    profile,
    security,
    social,
    two_factor,
    webhooks,
)

app_name = "accounts"
urlpatterns = [
    path("accounts/sign-in/", entering.sign_in, name="sign-in"),
    path("accounts/sign-out/", entering.sign_out, name="sign-out"),
    # Wagtail's own would leave the Supabase session open.
    path("admin/logout/", entering.sign_out),
    # Wagtail's takes pictures and names that ours would refuse.
    path("admin/account/", editing_account),
    path("accounts/sign-up/", entering.sign_up, name="sign-up"),
    path("accounts/check-your-mail/", mails.check_mail, name="check-mail"),
    path("accounts/resend/", mails.resend, name="resend"),
    path("accounts/forgotten-password/", mails.forgotten_password, name="forgotten-password"),
    path("accounts/new-password/", security.new_password, name="new-password"),
    path("accounts/sign-in-link/", mails.magic_link, name="magic-link"),
    path("accounts/code/", mails.code, name="code"),
    path("accounts/social/<slug:provider>/", social.social, name="social"),
    path("auth/callback", social.callback, name="callback"),
    path("auth/confirm", mails.confirm, name="confirm"),
    path("accounts/second-factor/", two_factor.second_factor, name="second-factor"),
    path("account/", profile.profile, name="profile"),
    path("account/picture/", profile.picture, name="picture"),
    path("account/theme/", profile.theme, name="theme"),
    path("people/<uuid:user_id>/avatar/", profile.avatar, name="avatar"),
    path("account/data/", personal_data.data, name="data"),
    path("account/data/export/", personal_data.export, name="export"),
    path("account/data/<str:token>/", personal_data.export_file, name="export-file"),
    path("account/delete/", personal_data.delete, name="delete"),
    path("account/keep/", personal_data.keep, name="keep"),
    path("account/security/", security.security, name="security"),
    path("account/confirm/", security.confirm_identity, name="confirm-identity"),
    path("account/e-mail/", security.change_email, name="change-email"),
    path("account/e-mail/resend/", security.resend_email_change, name="resend-email-change"),
    path("account/e-mail/forget/", security.forget_email_change, name="forget-email-change"),
    path("account/password/", security.change_password, name="change-password"),
    path("account/sessions/<uuid:session_id>/end/", security.end_session, name="end-session"),
    path("account/sessions/end-all/", security.sign_out_everywhere, name="sign-out-everywhere"),
    path("account/two-factor/", two_factor.two_factor, name="two-factor"),
    path("account/two-factor/<str:factor_id>/remove/", two_factor.remove, name="two-factor-remove"),
    path(f"{settings.BREAK_GLASS_PATH}/", break_glass.enter, name="break-glass"),
    path("webhooks/supabase/", webhooks.receive_webhook, name="supabase-webhook"),
    # Supabase's sender turns a redirected POST into a GET: both spellings must arrive.
    re_path(r"^webhooks/supabase$", webhooks.receive_webhook),
    path("webhooks/supabase/hooks/<slug:name>/", hooks.auth_hook, name="auth-hook"),
    path("webhooks/supabase/hooks/<slug:name>", hooks.auth_hook),
]
