"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=20), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_agencies")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_rows",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("door", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_rows")),
    )
    with op.batch_alter_table("audit_rows", schema=None) as batch_op:
        batch_op.create_index("ix_audit_rows_at", ["at"], unique=False)
        batch_op.create_index("ix_audit_rows_staff", ["staff_id", "id"], unique=False)
        batch_op.create_index("ix_audit_rows_subject", ["subject", "id"], unique=False)

    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "departments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("short", sa.String(length=40), nullable=False),
        sa.Column("fallback", sa.String(length=20), nullable=True),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
        sa.UniqueConstraint("code", name=op.f("uq_departments_code")),
    )
    op.create_table(
        "figures",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_figures")),
    )
    op.create_table(
        "findings",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("level", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("thai", sa.Text(), nullable=False),
        sa.Column("english", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level IN ('ok', 'warn', 'bad')", name=op.f("ck_findings_level")),
        sa.PrimaryKeyConstraint("source", "position", name=op.f("pk_findings")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "holidays",
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("date", name=op.f("pk_holidays")),
    )
    op.create_table(
        "hooks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_why", sa.String(length=10), server_default="", nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hooks")),
    )
    op.create_table(
        "incoming",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("chat_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_by", sa.String(length=80), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state BETWEEN 0 AND 3", name=op.f("ck_incoming_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming")),
        sa.UniqueConstraint("event_id", name=op.f("uq_incoming_event_id")),
    )
    with op.batch_alter_table("incoming", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incoming_message_id"), ["message_id"], unique=False)
        batch_op.create_index(
            "ix_incoming_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state < 2"),
            postgresql_where=sa.text("state < 2"),
        )
        batch_op.create_index(
            "ix_incoming_open_chat",
            ["chat_key", "id"],
            unique=False,
            sqlite_where=sa.text("state < 2"),
            postgresql_where=sa.text("state < 2"),
        )
        batch_op.create_index(
            "ix_incoming_poisoned",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 3"),
            postgresql_where=sa.text("state = 3"),
        )

    op.create_table(
        "learnt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learnt")),
    )
    op.create_table(
        "meetings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts", sa.String(length=5), server_default="", nullable=False),
        sa.Column("place", sa.String(length=200), server_default="", nullable=False),
        sa.Column("moo", sa.Integer(), nullable=True),
        sa.Column("chair", sa.String(length=120), server_default="", nullable=False),
        sa.Column("clerk", sa.String(length=120), server_default="", nullable=False),
        sa.Column("attendance", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'held', 'closed')", name=op.f("ck_meetings_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
    )
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meetings_held_on"), ["held_on"], unique=False)

    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("language", "edition", name=op.f("uq_notices_language_edition")),
    )
    op.create_table(
        "open_files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dataset", sa.String(length=10), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "dataset IN ('cases', 'projects', 'proposals', 'polls')", name=op.f("ck_open_files_dataset")
        ),
        sa.CheckConstraint("format IN ('csv', 'json', 'geojson', 'xlsx')", name=op.f("ck_open_files_format")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_files")),
        sa.UniqueConstraint("dataset", "period", "format", name=op.f("uq_open_files_dataset_period_format")),
        sa.UniqueConstraint("token", name=op.f("uq_open_files_token")),
    )
    op.create_table(
        "own_words",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_own_words")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("moo", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=5), server_default="th", nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=True),
        sa.Column("notice_shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("line_id", name=op.f("uq_people_line_id")),
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), server_default="local", nullable=False),
        sa.Column("layout", sa.String(length=8), server_default="strategy", nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('local', 'smart', 'action')", name=op.f("ck_plans_kind")),
        sa.CheckConstraint("layout IN ('strategy', 'issue')", name=op.f("ck_plans_layout")),
        sa.CheckConstraint(
            "first_year BETWEEN 2480 AND 2699 AND last_year BETWEEN first_year AND 2699", name=op.f("ck_plans_years")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_table(
        "public_stamps",
        sa.Column("topic", sa.String(length=10), nullable=False),
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "shard", name=op.f("pk_public_stamps")),
    )
    op.create_table(
        "push_ledger",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("letters", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cost", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("letters >= 0 AND cost >= 0", name=op.f("ck_push_ledger_counts")),
        sa.PrimaryKeyConstraint("month", "kind", name=op.f("pk_push_ledger")),
    )
    op.create_table(
        "quota_reading",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exhausted_month", sa.String(length=7), nullable=True),
        sa.Column("former_quota", sa.Integer(), nullable=True),
        sa.Column("fell_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_quota_reading_single")),
        sa.CheckConstraint("used >= 0", name=op.f("ck_quota_reading_used")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_reading")),
    )
    op.create_table(
        "resident_groups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("moo", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('village', 'school', 'volunteers', 'club', 'other')", name=op.f("ck_resident_groups_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident_groups")),
        sa.UniqueConstraint("name", name=op.f("uq_resident_groups_name")),
    )
    with op.batch_alter_table("resident_groups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resident_groups_code_hash"), ["code_hash"], unique=False)

    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "traffy_meter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.String(length=7), server_default="", nullable=False),
        sa.Column("balance", sa.Integer(), nullable=True),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("calls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lists_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("statuses", sa.JSON(), nullable=False),
        sa.Column("trouble", sa.String(length=200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_traffy_meter")),
    )
    op.create_table(
        "villages",
        sa.Column("moo", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("moo", name=op.f("pk_villages")),
    )
    op.create_table(
        "watch_marks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("settled", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_watch_marks")),
    )
    op.create_table(
        "web_attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_attempts")),
    )
    with op.batch_alter_table("web_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_web_attempts_key", ["key", "at"], unique=False)

    op.create_table(
        "wrong_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chat_key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_codes")),
    )
    with op.batch_alter_table("wrong_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wrong_codes_chat_key"), ["chat_key"], unique=False)

    op.create_table(
        "categories",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("agency", sa.String(length=20), nullable=True),
        sa.Column("days_urgent", sa.Integer(), nullable=False),
        sa.Column("days_normal", sa.Integer(), nullable=False),
        sa.Column("radius", sa.Integer(), nullable=False),
        sa.Column("siblings", sa.JSON(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.CheckConstraint("days_urgent >= 0 AND days_normal > 0", name=op.f("ck_categories_days")),
        sa.CheckConstraint("radius >= 0", name=op.f("ck_categories_radius")),
        sa.ForeignKeyConstraint(["agency"], ["agencies.code"], name=op.f("fk_categories_agency_agencies")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_categories")),
    )
    op.create_table(
        "chats",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=130), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("members_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leave_asked", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("form", sa.String(length=30), nullable=True),
        sa.Column("run", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pocket", sa.JSON(), nullable=False),
        sa.Column("lost", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("kind IN ('user', 'group', 'room', 'seat')", name=op.f("ck_chats_kind")),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_chats_department_id_departments")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_chats_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
        sa.UniqueConstraint("key", name=op.f("uq_chats_key")),
    )
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chats_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_chats_person_id"), ["person_id"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("type", sa.String(length=30), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=7), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=200), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resent", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed')", name=op.f("ck_deliveries_state")),
        sa.ForeignKeyConstraint(["hook_id"], ["hooks.id"], name=op.f("fk_deliveries_hook_id_hooks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("hook_id", "event", name=op.f("uq_deliveries_hook_id_event")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_created", ["created_at"], unique=False)
        batch_op.create_index(
            "ix_deliveries_due",
            ["next_try_at"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "group_members",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["resident_groups.id"], name=op.f("fk_group_members_group_id_resident_groups")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_group_members_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_members")),
        sa.UniqueConstraint("group_id", "person_id", name=op.f("uq_group_members_group_id_person_id")),
    )
    with op.batch_alter_table("group_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_group_members_person_id"), ["person_id"], unique=False)

    op.create_table(
        "helpers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("office", sa.String(length=10), nullable=False),
        sa.Column("moo", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "office IN ('headman', 'kamnan', 'volunteer', 'council', 'leader')", name=op.f("ck_helpers_office")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_helpers_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helpers")),
        sa.UniqueConstraint("person_id", name=op.f("uq_helpers_person_id")),
    )
    op.create_table(
        "outgoing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chat_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="waiting", nullable=False),
        sa.Column("reply_token", sa.String(length=100), nullable=True),
        sa.Column("reply_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_key", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("doubtful", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("lease_by", sa.String(length=80), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("via", sa.String(length=10), nullable=True),
        sa.Column("cost", sa.Integer(), server_default="0", nullable=False),
        sa.Column("booked_month", sa.String(length=7), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("request_id", sa.String(length=80), nullable=True),
        sa.Column("carried_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("incoming_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedable", sa.Boolean(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "reason IN ('policy', 'economy', 'quota', 'superseded', 'stale', 'blocked', 'refused', 'unreachable', 'unknown', 'unauthorised')",
            name=op.f("ck_outgoing_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'held', 'riding', 'sent', 'dropped', 'failed', 'doubtful')",
            name=op.f("ck_outgoing_state"),
        ),
        sa.CheckConstraint("via IN ('reply', 'push')", name=op.f("ck_outgoing_via")),
        sa.CheckConstraint("(reply_token IS NULL) = (reply_until IS NULL)", name=op.f("ck_outgoing_token")),
        sa.ForeignKeyConstraint(["carried_by"], ["outgoing.id"], name=op.f("fk_outgoing_carried_by_outgoing")),
        sa.ForeignKeyConstraint(["incoming_id"], ["incoming.id"], name=op.f("fk_outgoing_incoming_id_incoming")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing")),
    )
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_carried_by"), ["carried_by"], unique=False)
        batch_op.create_index(
            "ix_outgoing_due",
            ["send_after"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'sending')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        )
        batch_op.create_index(
            "ix_outgoing_open",
            ["chat_key", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'sending', 'held')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending', 'held')"),
        )
        batch_op.create_index("ix_outgoing_state", ["state", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outgoing_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "places",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("moo", sa.Integer(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["moo"], ["villages.moo"], name=op.f("fk_places_moo_villages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("name", name=op.f("uq_places_name")),
    )
    op.create_table(
        "plan_projects",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form", sa.String(length=5), server_default="p02", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revision", sa.String(length=9), server_default="original", nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=True),
        sa.Column("revision_year", sa.Integer(), nullable=True),
        sa.Column("sheet", sa.String(length=60), server_default="", nullable=False),
        sa.Column("sheet_row", sa.Integer(), nullable=True),
        sa.Column("mark", sa.String(length=20), server_default="", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_key", sa.String(length=200), server_default="", nullable=False),
        sa.Column(
            "sort_key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), server_default="", nullable=False
        ),
        sa.Column("search", sa.Text(), server_default="", nullable=False),
        sa.Column("national", sa.Text(), server_default="", nullable=False),
        sa.Column("province", sa.Text(), server_default="", nullable=False),
        sa.Column("strategy", sa.String(length=300), server_default="", nullable=False),
        sa.Column("tactic", sa.Text(), server_default="", nullable=False),
        sa.Column("programme", sa.String(length=300), server_default="", nullable=False),
        sa.Column("objective", sa.Text(), server_default="", nullable=False),
        sa.Column("target", sa.Text(), server_default="", nullable=False),
        sa.Column("kpi", sa.Text(), server_default="", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("budget_type", sa.Text(), server_default="", nullable=False),
        sa.Column("item", sa.Text(), server_default="", nullable=False),
        sa.Column("district", sa.String(length=120), server_default="", nullable=False),
        sa.Column("begin", sa.String(length=200), server_default="", nullable=False),
        sa.Column("end", sa.String(length=200), server_default="", nullable=False),
        sa.Column("cells", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("department_name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("dimension_marks", sa.Text(), server_default="", nullable=False),
        sa.Column("step", sa.String(length=9), server_default="plan", nullable=False),
        sa.Column("stepped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("contract_satang", sa.BigInteger(), nullable=True),
        sa.Column("spent_satang", sa.BigInteger(), nullable=True),
        sa.Column("contractor", sa.String(length=200), server_default="", nullable=False),
        sa.Column("contract_number", sa.String(length=80), server_default="", nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("form IN ('p02', 'p02_1', 'p02_2', 'p03')", name=op.f("ck_plan_projects_form")),
        sa.CheckConstraint(
            "revision = 'original' OR (revision_number IS NOT NULL AND revision_year IS NOT NULL)",
            name=op.f("ck_plan_projects_revised"),
        ),
        sa.CheckConstraint(
            "revision IN ('original', 'added', 'changed', 'corrected', 'reviewed')",
            name=op.f("ck_plan_projects_revision"),
        ),
        sa.CheckConstraint(
            "step IN ('draft', 'plan', 'budget', 'procure', 'build', 'inspect', 'done', 'postponed', 'cancelled', 'dropped')",
            name=op.f("ck_plan_projects_step"),
        ),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name=op.f("ck_plan_projects_position")),
        sa.CheckConstraint("contract_satang IS NULL OR contract_satang >= 0", name=op.f("ck_plan_projects_contract")),
        sa.CheckConstraint("percent IS NULL OR percent BETWEEN 0 AND 100", name=op.f("ck_plan_projects_percent")),
        sa.CheckConstraint("spent_satang IS NULL OR spent_satang >= 0", name=op.f("ck_plan_projects_spent")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_plan_projects_department_id_departments")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_projects_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_projects")),
    )
    with op.batch_alter_table("plan_projects", schema=None) as batch_op:
        batch_op.create_index("ix_plan_projects_department", ["plan_id", "department_id", "position"], unique=False)
        batch_op.create_index("ix_plan_projects_key", ["plan_id", "name_key"], unique=False)
        batch_op.create_index("ix_plan_projects_position", ["plan_id", "position", "id"], unique=False)
        batch_op.create_index("ix_plan_projects_sort", ["plan_id", "sort_key", "id"], unique=False)
        batch_op.create_index("ix_plan_projects_step", ["plan_id", "step", "position"], unique=False)
        batch_op.create_index("ix_plan_projects_strategy", ["plan_id", "strategy", "position"], unique=False)

    op.create_table(
        "reply_templates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=True),
        sa.Column("use", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "use IN ('progress', 'ask', 'done', 'answer', 'refuse', 'wait')", name=op.f("ck_reply_templates_use")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_reply_templates_department_id_departments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_templates")),
        sa.UniqueConstraint("code", name=op.f("uq_reply_templates_code")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confidential", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('clerk', 'crew', 'head', 'admin', 'poll_officer', 'auditor', 'dpo')", name=op.f("ck_staff_role")
        ),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_staff_department_id_departments")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_staff_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("person_id", name=op.f("uq_staff_person_id")),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_department_id"), ["department_id"], unique=False)

    op.create_table(
        "announcements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), server_default="news", nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("title_en", sa.String(length=160), server_default="", nullable=False),
        sa.Column("body_en", sa.Text(), server_default="", nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("shown", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), server_default="{}", nullable=False),
        sa.CheckConstraint("kind IN ('news', 'notice', 'result', 'stop')", name=op.f("ck_announcements_kind")),
        sa.CheckConstraint("title <> ''", name=op.f("ck_announcements_title")),
        sa.CheckConstraint("until IS NULL OR until >= day", name=op.f("ck_announcements_until")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_announcements_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.create_index("ix_announcements_shown", ["shown", "day", "id"], unique=False)

    op.create_table(
        "api_tokens",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("hint", sa.String(length=12), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("per_minute", sa.Integer(), server_default="300", nullable=False),
        sa.Column("per_day", sa.Integer(), server_default="500", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("per_day BETWEEN 1 AND 100000", name=op.f("ck_api_tokens_per_day")),
        sa.CheckConstraint("per_minute BETWEEN 1 AND 6000", name=op.f("ck_api_tokens_per_minute")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_api_tokens_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_tokens_hash")),
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("batch", sa.String(length=16), nullable=False),
        sa.Column("undoes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_changes_staff_id_staff")),
        sa.ForeignKeyConstraint(["undoes"], ["changes.id"], name=op.f("fk_changes_undoes_changes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.create_index("ix_changes_batch", ["batch"], unique=False)
        batch_op.create_index("ix_changes_row", ["kind", "subject", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_changes_undoes"), ["undoes"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("helper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN staff_id IS NULL THEN 0 ELSE 1 END + CASE WHEN department_id IS NULL THEN 0 ELSE 1 END + CASE WHEN helper_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_invitations_one_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_invitations_department_id_departments")
        ),
        sa.ForeignKeyConstraint(["helper_id"], ["helpers.id"], name=op.f("fk_invitations_helper_id_helpers")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_invitations_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_code_hash"), ["code_hash"], unique=False)

    op.create_table(
        "plan_budgets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=9), server_default="plan", nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('plan', 'ordinance')", name=op.f("ck_plan_budgets_kind")),
        sa.CheckConstraint("satang >= 0", name=op.f("ck_plan_budgets_satang")),
        sa.CheckConstraint("year BETWEEN 2480 AND 2699", name=op.f("ck_plan_budgets_year")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["plan_projects.id"], name=op.f("fk_plan_budgets_project_id_plan_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_budgets")),
        sa.UniqueConstraint("project_id", "kind", "year", name=op.f("uq_plan_budgets_project_id_kind_year")),
    )
    with op.batch_alter_table("plan_budgets", schema=None) as batch_op:
        batch_op.create_index("ix_plan_budgets_year", ["year", "project_id"], unique=False)

    op.create_table(
        "plan_drafts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_drafts_plan_id_plans")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_plan_drafts_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_drafts")),
    )
    with op.batch_alter_table("plan_drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_drafts_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "plan_imports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_imports_plan_id_plans")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_plan_imports_staff_id_staff")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["staff.id"], name=op.f("fk_plan_imports_undone_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_imports")),
    )
    with op.batch_alter_table("plan_imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_imports_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "plan_villages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moo", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["plan_projects.id"], name=op.f("fk_plan_villages_project_id_plan_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_villages")),
        sa.UniqueConstraint("project_id", "moo", name=op.f("uq_plan_villages_project_id_moo")),
    )
    with op.batch_alter_table("plan_villages", schema=None) as batch_op:
        batch_op.create_index("ix_plan_villages_moo", ["moo", "project_id"], unique=False)

    op.create_table(
        "polls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seal_public", sa.String(length=64), nullable=True),
        sa.Column("rehearsal", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("rehearsed", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("manifest_hash", sa.String(length=64), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("round", sa.Integer(), server_default="0", nullable=False),
        sa.Column("round_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unswept", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("reminded", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("state <> 'cancelled' OR reason <> ''", name=op.f("ck_polls_reason")),
        sa.CheckConstraint(
            "state IN ('draft', 'cancelled') OR (opened_by IS NOT NULL AND approved_by IS NOT NULL AND opened_by <> approved_by)",
            name=op.f("ck_polls_two_officers"),
        ),
        sa.CheckConstraint("state IN ('draft', 'cancelled') OR manifest IS NOT NULL", name=op.f("ck_polls_manifest")),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'closing', 'closed', 'published', 'cancelled')", name=op.f("ck_polls_state")
        ),
        sa.CheckConstraint("(manifest IS NULL) = (manifest_hash IS NULL)", name=op.f("ck_polls_manifest_hash")),
        sa.CheckConstraint(
            "closes_at IS NULL OR opens_at IS NULL OR opens_at < closes_at", name=op.f("ck_polls_times")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["staff.id"], name=op.f("fk_polls_approved_by_staff")),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_polls_created_by_staff")),
        sa.ForeignKeyConstraint(["frozen_by"], ["staff.id"], name=op.f("fk_polls_frozen_by_staff")),
        sa.ForeignKeyConstraint(["opened_by"], ["staff.id"], name=op.f("fk_polls_opened_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
        sa.UniqueConstraint("code", name=op.f("uq_polls_code")),
    )
    with op.batch_alter_table("polls", schema=None) as batch_op:
        batch_op.create_index("ix_polls_state", ["state", "closes_at"], unique=False)

    op.create_table(
        "project_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("step", sa.String(length=9), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("public", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tell_after", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["plan_projects.id"], name=op.f("fk_project_entries_project_id_plan_projects")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_project_entries_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_entries")),
    )
    with op.batch_alter_table("project_entries", schema=None) as batch_op:
        batch_op.create_index("ix_project_entries_project", ["project_id", "id"], unique=False)
        batch_op.create_index(
            "ix_project_entries_untold",
            ["id"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )

    op.create_table(
        "project_evidence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(), server_default="", nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["plan_projects.id"], name=op.f("fk_project_evidence_project_id_plan_projects")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_project_evidence_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_evidence")),
    )
    with op.batch_alter_table("project_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_evidence_project_id"), ["project_id"], unique=False)

    op.create_table(
        "project_follows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_project_follows_person_id_people")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["plan_projects.id"], name=op.f("fk_project_follows_project_id_plan_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_follows")),
        sa.UniqueConstraint("project_id", "person_id", name=op.f("uq_project_follows_project_id_person_id")),
    )
    with op.batch_alter_table("project_follows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_follows_person_id"), ["person_id"], unique=False)

    op.create_table(
        "proposals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("benefit", sa.Text(), server_default="", nullable=False),
        sa.Column("reach", sa.String(length=8), server_default="unsure", nullable=False),
        sa.Column("topic", sa.String(length=12), server_default="other", nullable=False),
        sa.Column("moo", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("proposer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("channel", sa.String(length=8), server_default="chat", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("support_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("threshold", sa.Integer(), server_default="20", nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cost_satang", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("search", sa.Text(), server_default="", nullable=False),
        sa.Column("source_key", sa.String(length=80), nullable=True),
        sa.CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name=op.f("ck_proposals_merged")),
        sa.CheckConstraint("channel IN ('chat', 'paper', 'meeting', 'counter')", name=op.f("ck_proposals_channel")),
        sa.CheckConstraint("reach IN ('few', 'some', 'village', 'town', 'unsure')", name=op.f("ck_proposals_reach")),
        sa.CheckConstraint("state <> 'refused' OR reason <> ''", name=op.f("ck_proposals_reason")),
        sa.CheckConstraint(
            "state IN ('review', 'fixing', 'open', 'reached', 'answered', 'meeting', 'poll', 'planned', 'refused', 'merged', 'withdrawn')",
            name=op.f("ck_proposals_state"),
        ),
        sa.CheckConstraint(
            "topic IN ('roads', 'environment', 'income', 'education', 'health', 'safety', 'service', 'other')",
            name=op.f("ck_proposals_topic"),
        ),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name=op.f("ck_proposals_position")),
        sa.CheckConstraint("cost_satang >= 0", name=op.f("ck_proposals_cost")),
        sa.CheckConstraint("threshold > 0", name=op.f("ck_proposals_threshold")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_proposals_department_id_departments")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["resident_groups.id"], name=op.f("fk_proposals_group_id_resident_groups")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["proposals.id"], name=op.f("fk_proposals_merged_into_id_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["plan_projects.id"], name=op.f("fk_proposals_project_id_plan_projects")
        ),
        sa.ForeignKeyConstraint(["proposer_id"], ["people.id"], name=op.f("fk_proposals_proposer_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("fiscal_year", "number", name=op.f("uq_proposals_fiscal_year_number")),
        sa.UniqueConstraint("source_key", name=op.f("uq_proposals_source_key")),
    )
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposals_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposals_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposals_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index("ix_proposals_moo", ["moo", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposals_project_id"), ["project_id"], unique=False)
        batch_op.create_index("ix_proposals_proposer", ["proposer_id", "received_at"], unique=False)
        batch_op.create_index("ix_proposals_state", ["state", "received_at"], unique=False)

    op.create_table(
        "routing_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("category", sa.String(length=30), nullable=True),
        sa.Column("moo", sa.Integer(), nullable=True),
        sa.Column("word", sa.String(length=60), nullable=True),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["category"], ["categories.code"], name=op.f("fk_routing_rules_category_categories")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rules")),
    )
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("first", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_saved_filters_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("staff_id", "name", name=op.f("uq_saved_filters_staff_id_name")),
    )
    op.create_table(
        "second_factors",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=80), server_default="", nullable=False),
        sa.Column("credential", sa.String(length=1400), nullable=True),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("counter", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('totp', 'passkey', 'recovery')", name=op.f("ck_second_factors_kind")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_second_factors_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
        sa.UniqueConstraint("credential", name=op.f("uq_second_factors_credential")),
    )
    with op.batch_alter_table("second_factors", schema=None) as batch_op:
        batch_op.create_index("ix_second_factors_staff", ["staff_id", "kind"], unique=False)

    op.create_table(
        "tickets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), server_default="", nullable=False),
        sa.Column("category", sa.String(length=30), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agency_code", sa.String(length=20), nullable=True),
        sa.Column("urgency", sa.String(length=8), nullable=False),
        sa.Column("sensitive", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("moo", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("reporter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("hidden_name", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("channel", sa.String(length=12), server_default="line", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_answer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.String(length=12), nullable=True),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rating_note", sa.Text(), nullable=True),
        sa.Column("reopened", sa.Integer(), server_default="0", nullable=False),
        sa.Column("guess", sa.JSON(), nullable=False),
        sa.Column("source_key", sa.String(length=80), nullable=True),
        sa.Column("saraban", sa.String(length=60), server_default="", nullable=False),
        sa.Column("on_behalf", sa.String(length=10), server_default="", nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "kind IN ('complaint', 'suggestion', 'proposal', 'question', 'message')", name=op.f("ck_tickets_kind")
        ),
        sa.CheckConstraint(
            "state IN ('new', 'taken', 'asking', 'waiting', 'outside', 'done', 'refused', 'withdrawn', 'merged')",
            name=op.f("ck_tickets_state"),
        ),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name=op.f("ck_tickets_position")),
        sa.CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name=op.f("ck_tickets_rating")),
        sa.ForeignKeyConstraint(["agency_code"], ["agencies.code"], name=op.f("fk_tickets_agency_code_agencies")),
        sa.ForeignKeyConstraint(["category"], ["categories.code"], name=op.f("fk_tickets_category_categories")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_tickets_department_id_departments")
        ),
        sa.ForeignKeyConstraint(["merged_into_id"], ["tickets.id"], name=op.f("fk_tickets_merged_into_id_tickets")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_tickets_owner_id_staff")),
        sa.ForeignKeyConstraint(["reporter_id"], ["people.id"], name=op.f("fk_tickets_reporter_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("fiscal_year", "number", name=op.f("uq_tickets_fiscal_year_number")),
        sa.UniqueConstraint("source_key", name=op.f("uq_tickets_source_key")),
        sa.UniqueConstraint("token", name=op.f("uq_tickets_token")),
    )
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index("ix_tickets_category_received", ["category", "received_at", "id"], unique=False)
        batch_op.create_index("ix_tickets_department_received", ["department_id", "received_at", "id"], unique=False)
        batch_op.create_index("ix_tickets_department_state", ["department_id", "state", "due_at"], unique=False)
        batch_op.create_index(
            "ix_tickets_figures",
            [
                "received_at",
                "sensitive",
                "department_id",
                "category",
                "moo",
                "state",
                "reopened",
                "first_answer_at",
                "answer_by",
                "rating",
            ],
            unique=False,
        )
        batch_op.create_index(
            "ix_tickets_finished",
            ["state", "closed_at", "sensitive", "department_id", "category", "moo", "received_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NOT NULL"),
            postgresql_where=sa.text("closed_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_tickets_merged_into",
            ["merged_into_id"],
            unique=False,
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        )
        batch_op.create_index("ix_tickets_moo_received", ["moo", "received_at", "id"], unique=False)
        batch_op.create_index("ix_tickets_near", ["category", "lat", "lon"], unique=False)
        batch_op.create_index("ix_tickets_owner_state", ["owner_id", "state", "received_at"], unique=False)
        batch_op.create_index("ix_tickets_received", ["received_at", "id"], unique=False)
        batch_op.create_index("ix_tickets_reporter", ["reporter_id", "id"], unique=False)
        batch_op.create_index("ix_tickets_state_received", ["state", "received_at"], unique=False)
        batch_op.create_index(
            "ix_tickets_where",
            ["lat", "lon", "sensitive", "state", "department_id", "owner_id"],
            unique=False,
            sqlite_where=sa.text("lat IS NOT NULL"),
            postgresql_where=sa.text("lat IS NOT NULL"),
        )

    op.create_table(
        "voters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("counter_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["counter_by"], ["staff.id"], name=op.f("fk_voters_counter_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voters")),
        sa.UniqueConstraint("list_hash", name=op.f("uq_voters_list_hash")),
    )
    with op.batch_alter_table("voters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voters_phone_hash"), ["phone_hash"], unique=False)

    op.create_table(
        "web_sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("strong_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agent", sa.String(length=300), server_default="", nullable=False),
        sa.Column("address", sa.String(length=64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_web_sessions_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_web_sessions_token_hash")),
    )
    with op.batch_alter_table("web_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_sessions_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "web_tokens",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('link', 'passkey')", name=op.f("ck_web_tokens_purpose")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_web_tokens_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_web_tokens_token_hash")),
    )
    with op.batch_alter_table("web_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_tokens_code_hash"), ["code_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_web_tokens_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "ballot_envelopes",
        sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_ballot_envelopes_poll_id_polls")),
        sa.PrimaryKeyConstraint("poll_id", "place", name=op.f("pk_ballot_envelopes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot_links",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=4), nullable=False),
        sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("voter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('link', 'page')", name=op.f("ck_ballot_links_purpose")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_ballot_links_person_id_people")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_ballot_links_poll_id_polls")),
        sa.ForeignKeyConstraint(["voter_id"], ["voters.id"], name=op.f("fk_ballot_links_voter_id_voters")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_ballot_links")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("ballot_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ballot_links_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ballot_links_poll_id"), ["poll_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ballot_links_voter_id"), ["voter_id"], unique=False)

    op.create_table(
        "board_entries",
        sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_board_entries_poll_id_polls")),
        sa.PrimaryKeyConstraint("poll_id", "seq", name=op.f("pk_board_entries")),
        sa.UniqueConstraint("hash", name=op.f("uq_board_entries_hash")),
    )
    op.create_table(
        "code_sheets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("area", sa.String(length=20), server_default="", nullable=False),
        sa.Column("label", sa.String(length=120), server_default="", nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_code_sheets_made_by_staff")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_code_sheets_poll_id_polls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_sheets")),
    )
    with op.batch_alter_table("code_sheets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_code_sheets_poll_id"), ["poll_id"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("relation", sa.String(length=10), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_contacts_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_contacts_ticket_id")),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("chat_key", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("purpose", sa.String(length=6), server_default="before", nullable=False),
        sa.Column("name", sa.String(length=255), server_default="", nullable=False),
        sa.Column("mime", sa.String(length=100), server_default="", nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=7), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_by", sa.String(length=80), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("copy_of_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("approved", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("boxes", sa.JSON(), server_default="[]", nullable=False),
        sa.CheckConstraint("kind IN ('image', 'audio', 'video', 'file')", name=op.f("ck_files_kind")),
        sa.CheckConstraint("purpose IN ('before', 'after', 'talk')", name=op.f("ck_files_purpose")),
        sa.CheckConstraint("state <> 'stored' OR sha256 IS NOT NULL", name=op.f("ck_files_stored")),
        sa.CheckConstraint("state IN ('waiting', 'stored', 'gone', 'failed')", name=op.f("ck_files_state")),
        sa.ForeignKeyConstraint(["copy_of_id"], ["files.id"], name=op.f("fk_files_copy_of_id_files")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_files_person_id_people")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_files_staff_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_files_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("message_id", name=op.f("uq_files_message_id")),
        sa.UniqueConstraint("token", name=op.f("uq_files_token")),
    )
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_files_chat_key"), ["chat_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_files_copy_of_id"), ["copy_of_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_files_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_files_ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(
            "ix_files_to_erase",
            ["id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL AND erased_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL AND erased_at IS NULL"),
        )
        batch_op.create_index(
            "ix_files_waiting",
            ["next_try_at"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "follows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_follows_person_id_people")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_follows_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follows")),
        sa.UniqueConstraint("ticket_id", "person_id", name=op.f("uq_follows_ticket_id_person_id")),
    )
    with op.batch_alter_table("follows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follows_person_id"), ["person_id"], unique=False)

    op.create_table(
        "lessons",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field", sa.String(length=12), nullable=False),
        sa.Column("label", sa.String(length=30), nullable=False),
        sa.Column("was", sa.String(length=30), nullable=True),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("by IN ('resident', 'staff')", name=op.f("ck_lessons_by")),
        sa.CheckConstraint("field IN ('intent', 'category', 'department')", name=op.f("ck_lessons_field")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_lessons_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        sa.UniqueConstraint("ticket_id", "field", name=op.f("uq_lessons_ticket_id_field")),
    )
    op.create_table(
        "meeting_items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("resolution", sa.String(length=8), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("resolution IN ('agreed', 'refused', 'later')", name=op.f("ck_meeting_items_resolution")),
        sa.CheckConstraint("rank > 0", name=op.f("ck_meeting_items_rank")),
        sa.CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND abstained >= 0", name=op.f("ck_meeting_items_hands")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_items_meeting_id_meetings")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_meeting_items_proposal_id_proposals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_items")),
        sa.UniqueConstraint("meeting_id", "proposal_id", name=op.f("uq_meeting_items_meeting_id_proposal_id")),
    )
    with op.batch_alter_table("meeting_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_items_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "origins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("external_id", sa.String(length=80), server_default="", nullable=False),
        sa.Column("fingerprint", sa.String(length=64), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_origins_ticket_id_tickets")),
        sa.ForeignKeyConstraint(["token_id"], ["api_tokens.id"], name=op.f("fk_origins_token_id_api_tokens")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origins")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_origins_ticket_id")),
    )
    with op.batch_alter_table("origins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_origins_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_origins_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_origins_token_id"), ["token_id"], unique=False)

    op.create_table(
        "paper_batches",
        sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("station", sa.String(length=60), nullable=False),
        sa.Column("area", sa.String(length=20), server_default="", nullable=False),
        sa.Column("phase", sa.String(length=10), server_default="counted", nullable=False),
        sa.Column("envelopes", sa.Integer(), nullable=False),
        sa.Column("first", sa.JSON(), nullable=True),
        sa.Column("second", sa.JSON(), nullable=True),
        sa.Column("sheet_sha256", sa.String(length=64), nullable=True),
        sa.Column("entered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("checked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "phase <> 'confirmed' OR (sheet_sha256 IS NOT NULL AND checked_by IS NOT NULL)",
            name=op.f("ck_paper_batches_whole"),
        ),
        sa.CheckConstraint(
            "phase IN ('counted', 'typed', 'checked', 'confirmed')", name=op.f("ck_paper_batches_phase")
        ),
        sa.CheckConstraint("entered_by <> checked_by", name=op.f("ck_paper_batches_two_people")),
        sa.CheckConstraint("envelopes >= 0", name=op.f("ck_paper_batches_envelopes")),
        sa.ForeignKeyConstraint(["checked_by"], ["staff.id"], name=op.f("fk_paper_batches_checked_by_staff")),
        sa.ForeignKeyConstraint(["entered_by"], ["staff.id"], name=op.f("fk_paper_batches_entered_by_staff")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_paper_batches_poll_id_polls")),
        sa.PrimaryKeyConstraint("poll_id", "station", name=op.f("pk_paper_batches")),
    )
    op.create_table(
        "plan_imported",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["plan_imports.id"], name=op.f("fk_plan_imported_import_id_plan_imports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_imported")),
    )
    with op.batch_alter_table("plan_imported", schema=None) as batch_op:
        batch_op.create_index("ix_plan_imported_import", ["import_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_imported_project_id"), ["project_id"], unique=False)

    op.create_table(
        "poll_files",
        sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_poll_files_poll_id_polls")),
        sa.PrimaryKeyConstraint("poll_id", "name", name=op.f("pk_poll_files")),
    )
    op.create_table(
        "poll_options",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("cost", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("areas", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("title_en", sa.String(length=200), server_default="", nullable=False),
        sa.Column("paper", sa.String(length=64), server_default="", nullable=False),
        sa.Column("source", sa.String(length=10), server_default="typed", nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("picture", sa.String(length=64), server_default="", nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("(source = 'typed') = (source_id IS NULL)", name=op.f("ck_poll_options_source_id")),
        sa.CheckConstraint("source IN ('typed', 'project', 'proposal')", name=op.f("ck_poll_options_source")),
        sa.CheckConstraint("cost IS NULL OR cost > 0", name=op.f("ck_poll_options_cost")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_poll_options_poll_id_polls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_options")),
        sa.UniqueConstraint("poll_id", "code", name=op.f("uq_poll_options_poll_id_code")),
        sa.UniqueConstraint("poll_id", "position", name=op.f("uq_poll_options_poll_id_position")),
    )
    op.create_table(
        "poll_reminders",
        sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opening_told", sa.Boolean(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_poll_reminders_person_id_people")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_poll_reminders_poll_id_polls")),
        sa.PrimaryKeyConstraint("poll_id", "person_id", name=op.f("pk_poll_reminders")),
    )
    op.create_table(
        "poll_roll",
        sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("roll_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("voter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("household", sa.LargeBinary(length=32), nullable=True),
        sa.Column("area", sa.String(length=20), server_default="", nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=6), nullable=True),
        sa.Column("voted", sa.Boolean(), server_default="0", nullable=False),
        sa.CheckConstraint("channel IN ('online', 'paper')", name=op.f("ck_poll_roll_channel")),
        sa.CheckConstraint("level IN ('open', 'declared', 'code', 'list', 'counter')", name=op.f("ck_poll_roll_level")),
        sa.CheckConstraint("voted = (channel IS NOT NULL)", name=op.f("ck_poll_roll_voted")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_poll_roll_poll_id_polls")),
        sa.ForeignKeyConstraint(["voter_id"], ["voters.id"], name=op.f("fk_poll_roll_voter_id_voters")),
        sa.PrimaryKeyConstraint("poll_id", "roll_id", name=op.f("pk_poll_roll")),
        sa.UniqueConstraint("poll_id", "voter_id", name=op.f("uq_poll_roll_poll_id_voter_id")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("poll_roll", schema=None) as batch_op:
        batch_op.create_index("ix_poll_roll_household", ["poll_id", "household"], unique=False)
        batch_op.create_index("ix_poll_roll_turnout", ["poll_id", "area", "channel", "level"], unique=False)
        batch_op.create_index(batch_op.f("ix_poll_roll_voter_id"), ["voter_id"], unique=False)

    op.create_table(
        "presence",
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("typing", sa.Boolean(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_presence_staff_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_presence_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", "staff_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "project_cases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["plan_projects.id"], name=op.f("fk_project_cases_project_id_plan_projects")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_project_cases_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_cases")),
        sa.UniqueConstraint("project_id", "ticket_id", name=op.f("uq_project_cases_project_id_ticket_id")),
    )
    with op.batch_alter_table("project_cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_cases_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "proposal_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("public", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tell_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("before", sa.JSON(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_proposal_steps_person_id_people")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_proposal_steps_proposal_id_proposals")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_proposal_steps_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_steps")),
    )
    with op.batch_alter_table("proposal_steps", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_steps_proposal", ["proposal_id", "id"], unique=False)
        batch_op.create_index(
            "ix_proposal_steps_untold",
            ["id"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )

    op.create_table(
        "publications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("shown", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(length=120), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.String(length=160), server_default="", nullable=False),
        sa.Column("moo", sa.Integer(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("before", sa.JSON(), server_default="{}", nullable=False),
        sa.CheckConstraint("title <> '' OR NOT shown", name=op.f("ck_publications_title")),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name=op.f("ck_publications_position")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_publications_staff_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_publications_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("code", name=op.f("uq_publications_code")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_publications_ticket_id")),
    )
    with op.batch_alter_table("publications", schema=None) as batch_op:
        batch_op.create_index("ix_publications_received", ["shown", "received_at", "id"], unique=False)
        batch_op.create_index("ix_publications_shown", ["shown", "ticket_id"], unique=False)
        batch_op.create_index(
            "ix_publications_where",
            ["lat", "lon", "ticket_id"],
            unique=False,
            sqlite_where=sa.text("shown AND lat IS NOT NULL"),
            postgresql_where=sa.text("shown AND lat IS NOT NULL"),
        )
        batch_op.create_index("ix_publications_year", ["shown", "fiscal_year", "received_at", "id"], unique=False)

    op.create_table(
        "published_ballots",
        sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("c", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_published_ballots_poll_id_polls")),
        sa.PrimaryKeyConstraint("poll_id", "hash", name=op.f("pk_published_ballots")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "replays",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["token_id"], ["api_tokens.id"], name=op.f("fk_replays_token_id_api_tokens")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replays")),
        sa.UniqueConstraint("token_id", "key", name=op.f("uq_replays_token_id_key")),
    )
    with op.batch_alter_table("replays", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replays_at"), ["at"], unique=False)

    op.create_table(
        "sealed_ballots",
        sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot", sa.LargeBinary(length=32), nullable=False),
        sa.Column("c", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_sealed_ballots_poll_id_polls")),
        sa.PrimaryKeyConstraint("poll_id", "slot", name=op.f("pk_sealed_ballots")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "supports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moo", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_supports_person_id_people")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_supports_proposal_id_proposals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supports")),
        sa.UniqueConstraint("proposal_id", "person_id", name=op.f("uq_supports_proposal_id_person_id")),
    )
    with op.batch_alter_table("supports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supports_person_id"), ["person_id"], unique=False)

    op.create_table(
        "ticket_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("public", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tell_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("before", sa.JSON(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_ticket_entries_person_id_people")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ticket_entries_staff_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_entries_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_entries")),
    )
    with op.batch_alter_table("ticket_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_entries_message_id"), ["message_id"], unique=False)
        batch_op.create_index("ix_ticket_entries_ticket", ["ticket_id", "id"], unique=False)
        batch_op.create_index(
            "ix_ticket_entries_untold",
            ["id"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )

    op.create_table(
        "traffy_jobs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("ref", sa.String(length=60), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=7), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("doubtful", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=200), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('new', 'update', 'read', 'file')", name=op.f("ck_traffy_jobs_kind")),
        sa.CheckConstraint("state IN ('waiting', 'done', 'failed', 'held')", name=op.f("ck_traffy_jobs_state")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_traffy_jobs_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_traffy_jobs")),
        sa.UniqueConstraint("kind", "ref", name=op.f("uq_traffy_jobs_kind_ref")),
    )
    with op.batch_alter_table("traffy_jobs", schema=None) as batch_op:
        batch_op.create_index(
            "ix_traffy_jobs_due",
            ["next_try_at"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index(batch_op.f("ix_traffy_jobs_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "traffy_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("theirs", sa.String(length=40), nullable=True),
        sa.Column("client", sa.String(length=40), nullable=False),
        sa.Column("born", sa.String(length=5), nullable=False),
        sa.Column("status", sa.String(length=80), server_default="", nullable=False),
        sa.Column("sent", sa.String(length=80), server_default="", nullable=False),
        sa.Column("activity", sa.String(length=40), server_default="", nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("born IN ('here', 'there')", name=op.f("ck_traffy_links_born")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_traffy_links_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_traffy_links")),
        sa.UniqueConstraint("client", name=op.f("uq_traffy_links_client")),
        sa.UniqueConstraint("theirs", name=op.f("uq_traffy_links_theirs")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_traffy_links_ticket_id")),
    )
    op.create_table(
        "vote_consents",
        sa.Column("voter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["voter_id"], ["voters.id"], name=op.f("fk_vote_consents_voter_id_voters")),
        sa.PrimaryKeyConstraint("voter_id", name=op.f("pk_vote_consents")),
    )
    op.create_table(
        "vote_notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("what IN ('replaced', 'moved', 'taken_back')", name=op.f("ck_vote_notices_what")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_vote_notices_person_id_people")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_vote_notices_poll_id_polls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_notices")),
    )
    with op.batch_alter_table("vote_notices", schema=None) as batch_op:
        batch_op.create_index(
            "ix_vote_notices_untold",
            ["id"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )

    op.create_table(
        "voter_accounts",
        sa.Column("line_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("voter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["voter_id"], ["voters.id"], name=op.f("fk_voter_accounts_voter_id_voters")),
        sa.PrimaryKeyConstraint("line_hash", name=op.f("pk_voter_accounts")),
    )
    with op.batch_alter_table("voter_accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voter_accounts_voter_id"), ["voter_id"], unique=False)

    op.create_table(
        "fetches",
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_fetches_file_id_files")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_fetches")),
    )
    op.create_table(
        "meeting_files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_meeting_files_file_id_files")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_files_meeting_id_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_files")),
        sa.UniqueConstraint("meeting_id", "file_id", name=op.f("uq_meeting_files_meeting_id_file_id")),
    )
    with op.batch_alter_table("meeting_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_files_file_id"), ["file_id"], unique=False)

    op.create_table(
        "mentions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["ticket_entries.id"], name=op.f("fk_mentions_entry_id_ticket_entries")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_mentions_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
        sa.UniqueConstraint("entry_id", "staff_id", name=op.f("uq_mentions_entry_id_staff_id")),
    )
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mentions_unseen",
            ["staff_id"],
            unique=False,
            sqlite_where=sa.text("seen_at IS NULL"),
            postgresql_where=sa.text("seen_at IS NULL"),
        )

    op.create_table(
        "project_files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_project_files_file_id_files")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["plan_projects.id"], name=op.f("fk_project_files_project_id_plan_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_files")),
        sa.UniqueConstraint("project_id", "file_id", name=op.f("uq_project_files_project_id_file_id")),
    )
    with op.batch_alter_table("project_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_files_file_id"), ["file_id"], unique=False)

    op.create_table(
        "proposal_files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_proposal_files_file_id_files")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_proposal_files_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_files")),
        sa.UniqueConstraint("proposal_id", "file_id", name=op.f("uq_proposal_files_proposal_id_file_id")),
    )
    with op.batch_alter_table("proposal_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_files_file_id"), ["file_id"], unique=False)

    op.create_table(
        "vote_codes",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("roll_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sheet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="ready", nullable=False),
        sa.CheckConstraint("state IN ('ready', 'used', 'revoked')", name=op.f("ck_vote_codes_state")),
        sa.ForeignKeyConstraint(
            ["poll_id", "roll_id"],
            ["poll_roll.poll_id", "poll_roll.roll_id"],
            name=op.f("fk_vote_codes_poll_id_roll_id_poll_roll"),
        ),
        sa.ForeignKeyConstraint(["sheet_id"], ["code_sheets.id"], name=op.f("fk_vote_codes_sheet_id_code_sheets")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_vote_codes")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("vote_codes", schema=None) as batch_op:
        batch_op.create_index("ix_vote_codes_roll", ["poll_id", "roll_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_vote_codes_sheet_id"), ["sheet_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("vote_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vote_codes_sheet_id"))
        batch_op.drop_index("ix_vote_codes_roll")

    op.drop_table("vote_codes")
    with op.batch_alter_table("proposal_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_files_file_id"))

    op.drop_table("proposal_files")
    with op.batch_alter_table("project_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_files_file_id"))

    op.drop_table("project_files")
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_mentions_unseen", sqlite_where=sa.text("seen_at IS NULL"), postgresql_where=sa.text("seen_at IS NULL")
        )

    op.drop_table("mentions")
    with op.batch_alter_table("meeting_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_files_file_id"))

    op.drop_table("meeting_files")
    op.drop_table("fetches")
    with op.batch_alter_table("voter_accounts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voter_accounts_voter_id"))

    op.drop_table("voter_accounts")
    with op.batch_alter_table("vote_notices", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_vote_notices_untold",
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )

    op.drop_table("vote_notices")
    op.drop_table("vote_consents")
    op.drop_table("traffy_links")
    with op.batch_alter_table("traffy_jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_traffy_jobs_ticket_id"))
        batch_op.drop_index(
            "ix_traffy_jobs_due",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.drop_table("traffy_jobs")
    with op.batch_alter_table("ticket_entries", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_ticket_entries_untold",
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )
        batch_op.drop_index("ix_ticket_entries_ticket")
        batch_op.drop_index(batch_op.f("ix_ticket_entries_message_id"))

    op.drop_table("ticket_entries")
    with op.batch_alter_table("supports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supports_person_id"))

    op.drop_table("supports")
    op.drop_table("sealed_ballots")
    with op.batch_alter_table("replays", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_replays_at"))

    op.drop_table("replays")
    op.drop_table("published_ballots")
    with op.batch_alter_table("publications", schema=None) as batch_op:
        batch_op.drop_index("ix_publications_year")
        batch_op.drop_index(
            "ix_publications_where",
            sqlite_where=sa.text("shown AND lat IS NOT NULL"),
            postgresql_where=sa.text("shown AND lat IS NOT NULL"),
        )
        batch_op.drop_index("ix_publications_shown")
        batch_op.drop_index("ix_publications_received")

    op.drop_table("publications")
    with op.batch_alter_table("proposal_steps", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_proposal_steps_untold",
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )
        batch_op.drop_index("ix_proposal_steps_proposal")

    op.drop_table("proposal_steps")
    with op.batch_alter_table("project_cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_cases_ticket_id"))

    op.drop_table("project_cases")
    op.drop_table("presence")
    with op.batch_alter_table("poll_roll", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_poll_roll_voter_id"))
        batch_op.drop_index("ix_poll_roll_turnout")
        batch_op.drop_index("ix_poll_roll_household")

    op.drop_table("poll_roll")
    op.drop_table("poll_reminders")
    op.drop_table("poll_options")
    op.drop_table("poll_files")
    with op.batch_alter_table("plan_imported", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_imported_project_id"))
        batch_op.drop_index("ix_plan_imported_import")

    op.drop_table("plan_imported")
    op.drop_table("paper_batches")
    with op.batch_alter_table("origins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_origins_token_id"))
        batch_op.drop_index(batch_op.f("ix_origins_external_id"))
        batch_op.drop_index(batch_op.f("ix_origins_created_at"))

    op.drop_table("origins")
    with op.batch_alter_table("meeting_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_items_proposal_id"))

    op.drop_table("meeting_items")
    op.drop_table("lessons")
    with op.batch_alter_table("follows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follows_person_id"))

    op.drop_table("follows")
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_files_waiting", sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'")
        )
        batch_op.drop_index(
            "ix_files_to_erase",
            sqlite_where=sa.text("deleted_at IS NOT NULL AND erased_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL AND erased_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_files_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_files_person_id"))
        batch_op.drop_index(batch_op.f("ix_files_copy_of_id"))
        batch_op.drop_index(batch_op.f("ix_files_chat_key"))

    op.drop_table("files")
    op.drop_table("contacts")
    with op.batch_alter_table("code_sheets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_code_sheets_poll_id"))

    op.drop_table("code_sheets")
    op.drop_table("board_entries")
    with op.batch_alter_table("ballot_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ballot_links_voter_id"))
        batch_op.drop_index(batch_op.f("ix_ballot_links_poll_id"))
        batch_op.drop_index(batch_op.f("ix_ballot_links_expires_at"))

    op.drop_table("ballot_links")
    op.drop_table("ballot_envelopes")
    with op.batch_alter_table("web_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_tokens_expires_at"))
        batch_op.drop_index(batch_op.f("ix_web_tokens_code_hash"))

    op.drop_table("web_tokens")
    with op.batch_alter_table("web_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_sessions_staff_id"))

    op.drop_table("web_sessions")
    with op.batch_alter_table("voters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voters_phone_hash"))

    op.drop_table("voters")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_tickets_where", sqlite_where=sa.text("lat IS NOT NULL"), postgresql_where=sa.text("lat IS NOT NULL")
        )
        batch_op.drop_index("ix_tickets_state_received")
        batch_op.drop_index("ix_tickets_reporter")
        batch_op.drop_index("ix_tickets_received")
        batch_op.drop_index("ix_tickets_owner_state")
        batch_op.drop_index("ix_tickets_near")
        batch_op.drop_index("ix_tickets_moo_received")
        batch_op.drop_index(
            "ix_tickets_merged_into",
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_tickets_finished",
            sqlite_where=sa.text("closed_at IS NOT NULL"),
            postgresql_where=sa.text("closed_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_tickets_figures")
        batch_op.drop_index("ix_tickets_department_state")
        batch_op.drop_index("ix_tickets_department_received")
        batch_op.drop_index("ix_tickets_category_received")

    op.drop_table("tickets")
    with op.batch_alter_table("second_factors", schema=None) as batch_op:
        batch_op.drop_index("ix_second_factors_staff")

    op.drop_table("second_factors")
    op.drop_table("saved_filters")
    op.drop_table("routing_rules")
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.drop_index("ix_proposals_state")
        batch_op.drop_index("ix_proposals_proposer")
        batch_op.drop_index(batch_op.f("ix_proposals_project_id"))
        batch_op.drop_index("ix_proposals_moo")
        batch_op.drop_index(batch_op.f("ix_proposals_merged_into_id"))
        batch_op.drop_index(batch_op.f("ix_proposals_group_id"))
        batch_op.drop_index(batch_op.f("ix_proposals_department_id"))

    op.drop_table("proposals")
    with op.batch_alter_table("project_follows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_follows_person_id"))

    op.drop_table("project_follows")
    with op.batch_alter_table("project_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_evidence_project_id"))

    op.drop_table("project_evidence")
    with op.batch_alter_table("project_entries", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_project_entries_untold",
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )
        batch_op.drop_index("ix_project_entries_project")

    op.drop_table("project_entries")
    with op.batch_alter_table("polls", schema=None) as batch_op:
        batch_op.drop_index("ix_polls_state")

    op.drop_table("polls")
    with op.batch_alter_table("plan_villages", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_villages_moo")

    op.drop_table("plan_villages")
    with op.batch_alter_table("plan_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_imports_plan_id"))

    op.drop_table("plan_imports")
    with op.batch_alter_table("plan_drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_drafts_plan_id"))

    op.drop_table("plan_drafts")
    with op.batch_alter_table("plan_budgets", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_budgets_year")

    op.drop_table("plan_budgets")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_code_hash"))

    op.drop_table("invitations")
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_changes_undoes"))
        batch_op.drop_index("ix_changes_row")
        batch_op.drop_index("ix_changes_batch")

    op.drop_table("changes")
    op.drop_table("api_tokens")
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.drop_index("ix_announcements_shown")

    op.drop_table("announcements")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_department_id"))

    op.drop_table("staff")
    op.drop_table("reply_templates")
    with op.batch_alter_table("plan_projects", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_projects_strategy")
        batch_op.drop_index("ix_plan_projects_step")
        batch_op.drop_index("ix_plan_projects_sort")
        batch_op.drop_index("ix_plan_projects_position")
        batch_op.drop_index("ix_plan_projects_key")
        batch_op.drop_index("ix_plan_projects_department")

    op.drop_table("plan_projects")
    op.drop_table("places")
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outgoing_ticket_id"))
        batch_op.drop_index("ix_outgoing_state")
        batch_op.drop_index(
            "ix_outgoing_open",
            sqlite_where=sa.text("state IN ('waiting', 'sending', 'held')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending', 'held')"),
        )
        batch_op.drop_index(
            "ix_outgoing_due",
            sqlite_where=sa.text("state IN ('waiting', 'sending')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        )
        batch_op.drop_index(batch_op.f("ix_outgoing_carried_by"))

    op.drop_table("outgoing")
    op.drop_table("helpers")
    with op.batch_alter_table("group_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_group_members_person_id"))

    op.drop_table("group_members")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_deliveries_due",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index("ix_deliveries_created")

    op.drop_table("deliveries")
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_chats_person_id"))
        batch_op.drop_index(batch_op.f("ix_chats_department_id"))

    op.drop_table("chats")
    op.drop_table("categories")
    with op.batch_alter_table("wrong_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wrong_codes_chat_key"))

    op.drop_table("wrong_codes")
    with op.batch_alter_table("web_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_web_attempts_key")

    op.drop_table("web_attempts")
    op.drop_table("watch_marks")
    op.drop_table("villages")
    op.drop_table("traffy_meter")
    op.drop_table("settings")
    with op.batch_alter_table("resident_groups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resident_groups_code_hash"))

    op.drop_table("resident_groups")
    op.drop_table("quota_reading")
    op.drop_table("push_ledger")
    op.drop_table("public_stamps")
    op.drop_table("plans")
    op.drop_table("people")
    op.drop_table("own_words")
    op.drop_table("open_files")
    op.drop_table("notices")
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meetings_held_on"))

    op.drop_table("meetings")
    op.drop_table("learnt")
    with op.batch_alter_table("incoming", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_incoming_poisoned", sqlite_where=sa.text("state = 3"), postgresql_where=sa.text("state = 3")
        )
        batch_op.drop_index(
            "ix_incoming_open_chat", sqlite_where=sa.text("state < 2"), postgresql_where=sa.text("state < 2")
        )
        batch_op.drop_index(
            "ix_incoming_open", sqlite_where=sa.text("state < 2"), postgresql_where=sa.text("state < 2")
        )
        batch_op.drop_index(batch_op.f("ix_incoming_message_id"))

    op.drop_table("incoming")
    op.drop_table("hooks")
    op.drop_table("holidays")
    op.drop_table("heartbeats")
    op.drop_table("findings")
    op.drop_table("figures")
    op.drop_table("departments")
    op.drop_table("counters")
    with op.batch_alter_table("audit_rows", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_rows_subject")
        batch_op.drop_index("ix_audit_rows_staff")
        batch_op.drop_index("ix_audit_rows_at")

    op.drop_table("audit_rows")
    op.drop_table("audit_head")
    op.drop_table("agencies")
