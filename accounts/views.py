from django.http import HttpRequest, HttpResponse


def _soon(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Not ready.", status=503)


sign_in = sign_out = sign_up = check_mail = resend = forgotten_password = _soon
new_password = confirm = receive_webhook = _soon
