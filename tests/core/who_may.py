"""Who may do what, by role, written apart from the program; in short it stands in docs/rules.md.

Nothing of `app/core/rights.py` is used: the two tables are compared.
"""

from app.core.capability import Role

_FLOOR = "bind_keypad release_keypad confirm_takeover mark_present mark_left add_seat count_heads"
_AGENDA = "begin_item finish_item extend_item skip_item move_item add_item"
_VOTE = "open_voting extend_voting close_voting show_results take_back confirm_void confirm_again"
_DRAFT = "draft_question revise_question make_question"
_STAGE = "take_scene start_timer stop_timer send_message"
_TEAM = (
    "read_ideas create_theme rename_theme merge_themes file_idea unfile_idea order_themes quote_idea "
    "unquote_idea undo_act"
)

ANYWHERE: dict[Role, str] = {
    Role.ORGANISER: "start_meeting close_meeting archive_meeting record_erratum record_response redact_text "
    f"{_FLOOR} move_seat {_AGENDA} {_DRAFT} {_VOTE} void_round run_again answer_idea {_TEAM} "
    f"publish_themes assign_tables {_STAGE} answer_help close_help draw_sample enter_hands",
    Role.LEAD_FACILITATOR: f"{_AGENDA} {_VOTE} {_STAGE}",
    Role.STAGE_MANAGER: _STAGE,
    Role.STAGE: "",
    Role.THEME_LEADER: f"{_TEAM} publish_themes assign_tables {_DRAFT}",
    Role.THEME_MEMBER: _TEAM,
    Role.EXPERT: "answer_idea",
    Role.SCREEN: "",
    Role.VIEWER: "",
    Role.RECEIVER: "press_key recover_ballot",
    Role.SERVER: "prepare_meeting finish_voting give_more_time lose_key restore_log",
}
AT_ITS_TABLES: dict[Role, str] = {
    Role.TABLE_FACILITATOR: f"{_FLOOR} cast_ballot withdraw_ballot ask_more_time recover_ballot write_idea "
    "revise_idea withdraw_idea move_idea call_help close_help",
    Role.AREA_MANAGER: f"{_FLOOR} move_seat cast_paper_ballot recover_ballot call_help answer_help "
    "close_help enter_hands",
}
AT_ITS_SEAT: dict[Role, str] = {
    Role.PARTICIPANT: "join_seat cast_ballot withdraw_ballot ask_more_time recover_ballot"
}


def scope_of(role: Role, command: str) -> str | None:
    """`any`, `table`, `seat`, or `None` where the role may not at all."""
    for scope, rows in (("any", ANYWHERE), ("table", AT_ITS_TABLES), ("seat", AT_ITS_SEAT)):
        if command in rows.get(role, "").split():
            return scope
    return None


def who_may(command: str) -> tuple[Role, ...]:
    """The roles that may give this command somewhere."""
    return tuple(role for role in Role if scope_of(role, command) is not None)
