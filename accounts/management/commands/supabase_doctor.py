"""Say whether the Supabase project and the portal fit together, and what to do if not."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from accounts.doctor import portal, probe, server
from accounts.doctor.findings import Finding, Level

SIGNS = {Level.OK: "✔", Level.WARNING: "⚠", Level.ERROR: "✘"}
LINK = "{{ .SiteURL }}/auth/confirm?token_hash={{ .TokenHash }}&type=%s&next={{ .RedirectTo }}"
TEMPLATES = {
    "Confirm sign up": "email",
    "Magic link": "email",
    "Invite user": "invite",
    "Reset password": "recovery",
    "Change email address": "email_change",
}


class Command(BaseCommand):
    help = (
        "Checks the connection to Supabase: address, keys, signing keys, clock, redirect URLs, "
        "webhooks. Makes an account at the Auth server and deletes it again; nobody is mailed. "
        "Ends with 1 when something is wrong, with 0 when it works."
    )
    requires_system_checks = ()  # they are part of what it reports

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--read-only", action="store_true", help="do not make the account for the check"
        )

    def handle(self, *, read_only: bool, **options: Any) -> None:
        findings = list(server.look())
        if not read_only and not any(each.level == Level.ERROR for each in findings):
            findings += probe.walk_through()
        findings += portal.look()
        good = not any(each.level == Level.ERROR for each in findings)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(findings, good), indent=2, ensure_ascii=False))
        else:
            self.write(findings)
        if not good:
            raise SystemExit(1)

    def write(self, findings: Iterable[Finding]) -> None:
        for each in findings:
            self.stdout.write(f"{SIGNS[each.level]} {each.what}")
            if each.fix:
                self.stdout.write(f"    → {each.fix}")
        self.stdout.write("\nHooks, when you use them (Authentication → Hooks):")
        for name, address in hook_addresses().items():
            self.stdout.write(f"    {name}: {address}")
        self.stdout.write("\nLinks in the e-mail templates, unless the send-email hook is on:")
        for name, link in template_links().items():
            self.stdout.write(f"    {name}: {link}")


def as_json(findings: Iterable[Finding], good: bool) -> dict[str, Any]:
    """Return the report: {"ok", "findings": [{"level", "what", "fix"}], "hooks", "templates"}."""
    lines = [{"level": each.level, "what": each.what, "fix": each.fix} for each in findings]
    return {
        "ok": good,
        "findings": lines,
        "hooks": hook_addresses(),
        "templates": template_links(),
    }


def hook_addresses() -> dict[str, str]:
    return {
        name: settings.PUBLIC_URL + reverse("accounts:auth-hook", args=[name])
        for name in settings.AUTH_HOOKS
    }


def template_links() -> dict[str, str]:
    return {name: LINK % link_type for name, link_type in TEMPLATES.items()}
