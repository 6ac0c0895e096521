"""What may be refused, as a closed list with stable names.

A refusal carries a code and parameters, never words: the sentence is made at
the edge in the reader's language (catalogues, one sentence a code and
language, same placeholders). Codes are part of the wire contract: they are
added, never renamed.

    Refusal
    ├── form        the command itself is malformed
    ├── who         this capability may not do this, or not here
    ├── meeting     the meeting is in another phase
    ├── roster      tables, seats, keypads
    ├── agenda      agenda items
    ├── questions   the life of a question and its rounds
    ├── ballots     what makes a ballot valid
    ├── sample, ideas, themes, stage
    └── busy        cannot be decided now: nothing stored, send the same id again
"""

from collections.abc import Mapping

Param = str | int

REFUSALS: Mapping[str, tuple[str, ...]] = {
    # form
    "bad_frame": ("reason",),
    "bad_id": ("field",),
    "bad_field": ("field", "reason"),
    "unknown_command": ("name",),
    "id_reused": (),
    "text_empty": (),
    "text_too_long": ("limit",),
    "unknown_language": ("language",),
    "frame_too_large": ("limit",),
    # who
    "not_allowed": ("role", "command"),
    "not_your_table": ("table",),
    "not_your_seat": ("seat",),
    "not_your_meeting": (),
    "revoked": (),
    "newer_connection": (),
    "unknown_code": (),
    "unknown_session": (),
    "wrong_password": (),
    "bad_origin": (),
    "same_person": (),
    "nothing_to_confirm": (),
    # meeting
    "meeting_not_prepared": (),
    "meeting_not_running": (),
    "meeting_already_prepared": (),
    "plan_changed_by_hand": (),
    "meeting_already_started": (),
    "meeting_closed": (),
    "meeting_not_closed": (),
    "meeting_archived": (),
    "voting_still_open": ("question",),
    # roster
    "unknown_table": ("table",),
    "unknown_seat": ("seat",),
    "unknown_keypad": ("keypad",),
    "seat_exists": ("seat",),
    "table_full": ("table", "limit"),
    "seat_held_by_other_device": ("seat",),
    "no_takeover_asked": ("seat",),
    "not_your_keypad": ("keypad",),
    "seat_not_bound": ("seat",),
    "keypad_bound_elsewhere": ("keypad", "seat"),
    "not_present": ("seat",),
    "heads_out_of_range": ("limit",),
    # agenda
    "unknown_item": ("item",),
    "item_exists": ("item",),
    "item_not_running": ("item",),
    "item_already_running": ("item",),
    "item_done": ("item",),
    "item_skipped": ("item",),
    "item_takes_no_ideas": ("item",),
    "minutes_out_of_range": ("limit",),
    # questions
    "unknown_question": ("question",),
    "question_exists": ("question",),
    "question_not_planned": ("question",),
    "question_not_open": ("question",),
    "question_not_closed": ("question",),
    "another_vote_open": ("question",),
    "already_closing": ("question",),
    "wrong_round": ("round",),
    "round_not_over": ("question",),
    "take_back_too_late": ("seconds",),
    "ballots_already_cast": (),
    "language_missing": ("language",),
    "too_few_options": ("least",),
    "too_many_options": ("limit",),
    "option_exists": ("option",),
    "recount_differs": ("question",),
    "seconds_out_of_range": ("limit",),
    # ballots
    "voting_closed": ("question",),
    "voting_not_open": ("question",),
    "unknown_option": ("option",),
    "too_many_choices": ("limit",),
    "no_choice": (),
    "exclusive_option": ("option",),
    "unknown_value": ("value",),
    "number_out_of_range": ("least", "most"),
    "wrong_kind_of_choice": ("kind",),
    "already_voted": (),
    "no_ballot": (),
    "standing_may_not_vote": ("standing",),
    "unbound_keypad": ("keypad",),
    "unknown_key": ("key",),
    "press_repeated": ("sequence",),
    "presses_not_for_this_kind": ("kind",),
    "outcome_unknown": (),
    "blob_not_ours": (),
    "nothing_restored": (),
    # sample audit
    "sample_waits": (),
    "sample_complete": (),
    "pairs_out_of_range": ("least", "most"),
    "dice_out_of_range": ("least", "most"),
    "too_few_pairs": ("left",),
    "not_drawn": ("table",),
    "not_for_hands": ("question",),
    "pair_void": ("question",),
    # ideas
    "unknown_idea": ("idea",),
    "idea_exists": ("idea",),
    "idea_withdrawn": ("idea",),
    "revision_changed": ("revision",),
    "already_redacted": (),
    "unknown_text": ("id",),
    "personal_request": ("idea",),
    "not_a_question_to_experts": ("idea",),
    # themes
    "unknown_theme": ("theme",),
    "theme_exists": ("theme",),
    "theme_merged": ("theme",),
    "already_filed": ("theme",),
    "not_filed": ("theme",),
    "already_quoted": (),
    "not_quoted": (),
    "too_few_themes": ("least",),
    "theme_repeated": ("theme",),
    "nothing_to_undo": (),
    "not_your_act": (),
    "built_upon": (),
    # stage
    "unknown_screen": ("screen",),
    "scene_incomplete": ("scene",),
    "not_shown_yet": ("question",),
    "not_published_yet": ("theme",),
    "unknown_call": ("call",),
    "call_exists": ("call",),
    "call_closed": ("call",),
    "message_exists": ("message",),
    "no_timer": (),
}
"""Every final refusal with the parameters its sentence may use."""

BUSY: Mapping[str, tuple[str, ...]] = {
    "rate": (),
    "disk_full": (),
    "draining": (),
    "overloaded": (),
    "starting": (),
}
"""What cannot be decided now. Answered with ``retry_after_ms``; the same id is sent again."""


class Refusal(Exception):
    """A command that may not be done. `code` is from `REFUSALS`, `params` fill its sentence."""

    def __init__(self, code: str, **params: Param) -> None:
        assert REFUSALS[code] == tuple(params), f"{code} takes {REFUSALS[code]}, not {tuple(params)}"
        super().__init__(code)
        self.code = code
        self.params = params

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and (self.code, self.params) == (other.code, other.params)

    def __hash__(self) -> int:
        return hash((self.code, tuple(self.params.items())))

    def __repr__(self) -> str:
        return f"Refusal({self.code}, {self.params})"
