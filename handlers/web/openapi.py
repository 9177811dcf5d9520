"""What the endpoint takes and answers, as an OpenAPI 3.1 document, for whoever connects a partner's system."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from handlers.web.request import MOST_BYTES
from peersupport import partner_signature as scheme
from peersupport.notices import LONGEST
from peersupport.programme import Programme

JSON = "application/json"
_SIGNED = (
    "v1= and the HMAC-SHA256, in lower-case hex, under the key's secret as it was printed, of: "
    "v1, a colon, the timestamp, a colon, the nonce, a colon, and the body byte for byte."
)
SECURITY = {
    "key": (scheme.KEY, "The key's id, 32 characters; not secret."),
    "timestamp": (scheme.TIMESTAMP, "Seconds since 1970, UTC, as digits; at most five minutes off."),
    "nonce": (scheme.NONCE, "16 to 64 characters of A-Z, a-z, 0-9, - and _; another one each time."),
    "signature": (scheme.SIGNATURE, _SIGNED),
}
FIELDS = ("provider_name", "profession", "community", "contact", "contact_is_own", "notifier_name", "criteria")
FAULTS = ("missing", "unknown", "too_long", "wrong_form", "not_a_contact", "patient_detail")
REMINDER = "Nothing was kept. Say nothing of a patient: only the provider, their work contact and the ticks."


def document(programmes: Iterable[Programme]) -> dict[str, Any]:
    """Return the document for these programmes, whose professions and criteria are the words that it allows."""
    several = list(programmes)
    professions = sorted({role.id for each in several for role in each.eligibility.roles})
    criteria = sorted({tick.id for each in several for tick in each.outreach.criteria})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Partners' notices",
            "version": "1",
            "description": "A partner asks for outreach to a provider after a hard incident. Nothing of a patient "
            "belongs into it. The answer is always the same and tells nothing of what becomes of the notice.",
        },
        "servers": [{"url": "/"}],
        "paths": {"/notices": {"post": _operation()}},
        "components": {
            "securitySchemes": {
                name: {"type": "apiKey", "in": "header", "name": header, "description": words}
                for name, (header, words) in SECURITY.items()
            },
            "schemas": {
                "Notice": _notice(professions, criteria),
                "Receipt": _constant("status", ["received"]),
                "Refusal": _constant("error", ["refused", "slow_down", "unavailable"]),
                "NotTaken": _not_taken(),
            },
        },
    }


def _operation() -> dict[str, Any]:
    refusal = _answer("Refusal", "")
    return {
        "operationId": "notify",
        "summary": "Ask for outreach to one provider.",
        "security": [{name: [] for name in SECURITY}],
        "requestBody": {
            "required": True,
            "description": f"At most {MOST_BYTES} bytes.",
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/Notice"}}},
        },
        "responses": {
            "202": _answer("Receipt", "Received. The same for every provider, and for a notice that was sent before."),
            "400": refusal | {"description": "The body was not sent as HTTP asks for it."},
            "401": refusal | {"description": "Not signed as it must be, too old, sent before, or under no key."},
            "408": refusal | {"description": "The body came too slowly."},
            "413": refusal | {"description": "The body is too large."},
            "415": refusal | {"description": "The body is not plain JSON."},
            "422": _answer("NotTaken", "Signed, but not taken; nothing was kept."),
            "429": _later(refusal, "Too many from this key; try again after the seconds of Retry-After."),
            "503": _later(refusal, "Out of reach for a moment; try again, signed anew."),
        },
    }


def _answer(schema: str, words: str) -> dict[str, Any]:
    return {"description": words, "content": {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _later(answer: dict[str, Any], words: str) -> dict[str, Any]:
    seconds = {"Retry-After": {"required": True, "schema": {"type": "string", "pattern": "^[0-9]{1,5}$"}}}
    return answer | {"description": words, "headers": seconds}


def _constant(name: str, values: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [name],
        "additionalProperties": False,
        "properties": {name: {"type": "string", "enum": values}},
    }


def _words(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": LONGEST, "description": description, **more}


def _notice(professions: list[str], criteria: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["provider_name", "profession", "criteria"],
        "additionalProperties": False,
        "properties": {
            "provider_name": _words("The provider's name, and nobody else's.", minLength=1),
            "profession": {"type": "string", "enum": professions},
            "community": _words("Where they work, where that is known."),
            "contact": _words(
                "A phone number or an e-mail address at which they are reached at work, if one is known."
            ),
            "contact_is_own": {
                "type": "boolean",
                "default": False,
                "description": "True where nobody else answers there: only then do two notices make one.",
            },
            "notifier_name": _words(
                "Who let the programme know, only where they agree that the provider may learn their name. "
                "Left out, the provider is told of the organisation alone."
            ),
            "criteria": {
                "type": "array",
                "minItems": 1,
                "maxItems": len(criteria) or 1,
                "uniqueItems": True,
                "items": {"type": "string", "enum": criteria},
            },
        },
    }


def _not_taken() -> dict[str, Any]:
    fault = {
        "type": "object",
        "required": ["field", "fault"],
        "additionalProperties": False,
        "properties": {
            "field": {"type": "string", "enum": [*FIELDS, "body"]},
            "fault": {"type": "string", "enum": list(FAULTS)},
        },
    }
    return {
        "type": "object",
        "required": ["error", "faults", "reminder"],
        "additionalProperties": False,
        "properties": {
            "error": {"type": "string", "enum": ["not_taken"]},
            "faults": {"type": "array", "minItems": 1, "items": fault},
            "reminder": {"type": "string"},
        },
    }
