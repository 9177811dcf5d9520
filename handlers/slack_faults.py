"""Every error that Slack documents for the methods the app calls, and what the app makes of it: one table.

Read it as method, class, codes. A code that stands under a method counts there; otherwise what stands under EVERY
method counts. What stands nowhere is UNKNOWN: tried again slowly, and the operator is told once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum


class Fault(StrEnum):
    """What the app makes of a refusal, and what people see of it."""

    RETRY = "retry"
    """Slack's trouble, or its wish for slowness: tried again, each time later and never quite regularly. Nobody sees
    more than that a message comes late; who pressed a button is asked to press again."""
    DEGRADE = "degrade"
    """What was asked for cannot be had here, so another way is taken at once: administrators are told one by one, not
    in their channel, a person finds it in Home instead of a message, a view is answered in words."""
    ALARM = "alarm"
    """Only the operator can mend it: tried again slowly, and told in the log, in /readyz, by `doctor` and, as far as
    Slack lets it through, in the administrators' Home."""
    GIVE_UP = "give_up"
    """It can never go as it is: after a few tries the row is parked with an alarm, for `peersupport outbox`. Where it
    was a card the administrators are told one by one, so that no request waits for it."""
    UNKNOWN = "unknown"
    """A word that is not in this table: tried again slowly, and told once as an alarm is."""


EVERY = "*"
POST = "chat.postMessage"
POST_TO_PERSON = "chat.postMessage/person"
"""The same method with a person's id, for which Slack opens the direct message itself."""
UPDATE = "chat.update"
UNREADABLE = "unreadable_answer"
"""Our own word for an answer that is no answer."""

_CONTENT = """attachment_payload_limit_exceeded as_user_not_supported cannot_reply_to_message draft_already_deleted
    draft_already_sent draft_has_conflict draft_not_found duplicate_channel_not_found duplicate_message_not_found
    invalid_blocks invalid_blocks_format invalid_metadata_format invalid_metadata_schema markdown_text_conflict
    metadata_must_be_sent_from_app metadata_too_large missing_file_data msg_blocks_too_long no_text
    send_on_behalf_not_allowed slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked
    slack_connect_lists_sharing_blocked team_not_found too_many_attachments too_many_contact_cards"""
_NO_ENTRY = """channel_not_found is_archived not_in_channel restricted_action restricted_action_non_threadable_channel
    restricted_action_read_only_channel restricted_action_thread_locked restricted_action_thread_only_channel
    app_access_restricted no_permission"""
_TRIGGER = "duplicate_external_id exchanged_trigger_id expired_trigger_id invalid_trigger_id"

TABLE: Mapping[str, Mapping[Fault, str]] = {
    EVERY: {
        Fault.RETRY: """fatal_error internal_error ratelimited request_timeout service_unavailable team_added_to_org
            unreadable_answer""",
        Fault.ALARM: """access_denied accesslimited account_inactive deprecated_endpoint ekm_access_denied
            enterprise_is_restricted invalid_auth is_bot method_deprecated missing_scope no_permission
            not_allowed_token_type not_authed org_login_required team_access_not_granted token_expired token_revoked
            two_factor_setup_required""",
        Fault.GIVE_UP: """invalid_arg_name invalid_arguments invalid_array_arg invalid_charset invalid_form_data
            invalid_json invalid_post_type json_not_object missing_post_type""",
    },
    POST: {
        Fault.RETRY: "message_limit_exceeded rate_limited",
        Fault.DEGRADE: _NO_ENTRY,
        Fault.ALARM: "messages_tab_disabled",
        Fault.GIVE_UP: _CONTENT,
    },
    POST_TO_PERSON: {
        Fault.RETRY: "message_limit_exceeded rate_limited",
        Fault.DEGRADE: f"""{_NO_ENTRY} cannot_dm_bot invalid_user_combination user_disabled user_not_found
            user_not_visible""",
        Fault.ALARM: "messages_tab_disabled",
        Fault.GIVE_UP: f"""{_CONTENT} method_not_supported_for_channel_type not_enough_users too_many_users
            users_list_not_supplied""",
    },
    UPDATE: {
        # The channel is looked at by itself, and its administrators are told; the edit waits for it.
        Fault.RETRY: """channel_not_found external_channel_migrating is_inactive message_limit_exceeded no_permission
            streaming_state_conflict update_failed""",
        Fault.DEGRADE: "cant_update_message edit_window_closed message_not_found",
        Fault.GIVE_UP: """as_user_not_supported block_mismatch blocked_file_type cant_broadcast_message file_deleted
            file_is_deleted file_not_found file_share_limit_reached invalid_attachments invalid_blocks
            invalid_blocks_format invalid_metadata_format invalid_metadata_schema markdown_text_conflict
            max_file_sharing_exceeded metadata_must_be_sent_from_app metadata_too_large msg_too_long
            no_dual_broadcast_content_update no_text posting_to_channel_denied slack_connect_blocked_file_type
            slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked
            slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked team_not_found
            too_many_attachments unable_to_share_files""",
    },
    "conversations.info": {
        # The app may read about private channels only: one that it may not read about is public.
        Fault.DEGRADE: "channel_is_limited_access channel_not_found missing_scope",
    },
    "conversations.members": {
        # What was found the last time stands; whether the channel itself can be looked at is asked right after.
        Fault.RETRY: "fetch_members_failed",
        Fault.DEGRADE: "channel_not_found method_not_supported_for_channel_type missing_scope",
        Fault.GIVE_UP: "invalid_cursor invalid_limit",
    },
    "users.info": {
        Fault.RETRY: "too_many_users",
        Fault.DEGRADE: "user_not_found user_not_visible",
    },
    "views.open": {Fault.DEGRADE: _TRIGGER, Fault.GIVE_UP: "view_too_large"},
    "views.push": {Fault.DEGRADE: f"{_TRIGGER} not_found push_limit_reached", Fault.GIVE_UP: "view_too_large"},
    "views.update": {
        Fault.DEGRADE: "duplicate_external_id hash_conflict not_found",
        Fault.GIVE_UP: "view_too_large",
    },
    "views.publish": {
        Fault.RETRY: "hash_conflict",
        Fault.ALARM: "not_enabled not_implemented",
        Fault.GIVE_UP: "duplicate_external_id missing_profile_id view_too_large",
    },
    "auth.test": {},
    "apps.connections.open": {Fault.ALARM: "forbidden_team insecure_request missing_args"},
}


def codes(method: str, fault: Fault) -> frozenset[str]:
    """Return what stands under a method in one class, without what holds for every method."""
    return frozenset(TABLE[method].get(fault, "").split())


def rows() -> Iterator[tuple[str, Fault, str]]:
    """Give every line of the table as method, class and code."""
    for method, classes in TABLE.items():
        for fault, words in classes.items():
            for code in words.split():
                yield method, fault, code


_FOUND = {(method, code): fault for method, fault, code in rows()}


def fault_of(method: str, code: str) -> Fault:
    """Return the class of a refusal; no code at all is an answer that could not be read."""
    code = code or UNREADABLE
    return _FOUND.get((method, code)) or _FOUND.get((EVERY, code)) or Fault.UNKNOWN


def is_alarming(method: str, code: str) -> bool:
    """Say whether the operator is to be told of a refusal."""
    return fault_of(method, code) in (Fault.ALARM, Fault.GIVE_UP, Fault.UNKNOWN)
