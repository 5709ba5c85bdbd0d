"""Settings, read once from the environment, every one named and checked at start with a clear message."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, HttpUrl, TypeAdapter, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """A setting is missing or wrong; the text says which, in Thai and English, one line each."""


class Settings(BaseSettings):
    """All that differs between one installation and another. Field names in capitals are the environment's names."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", case_sensitive=False)

    #: Where rows live. Default: a SQLite file in DATA_DIR. PostgreSQL: postgresql://user:password@host/name
    database_url: str = ""
    #: From LINE Developers > Messaging API channel > Basic settings; proves that a webhook comes from LINE.
    line_channel_secret: str = Field(min_length=1, repr=False)
    #: Long-lived token from LINE Developers > Messaging API tab.
    line_channel_access_token: str = Field(min_length=1, repr=False)
    #: LINE's API; another address only for the simulator and tests.
    line_api_url: str = "https://api.line.me"
    #: LINE's content host.
    line_data_url: str = "https://api-data.line.me"
    #: The address under which the world reaches this server, for links and pictures in messages.
    public_url: str = "http://localhost:8000"
    #: Signs links and keys hashes. At least 32 characters; keep it secret and keep it.
    secret_key: str = Field(min_length=32, repr=False)
    #: Folder for the database file, received photos and voice messages.
    data_dir: Path = Path("data")
    #: Folder of the keys of polls (models/key_room.py), which no backup may hold; not set: DATA_DIR/keys.
    keys_dir: Path | None = None
    #: An S3-compatible object store for photos and files; without a bucket they lie in DATA_DIR.
    s3_bucket: str = ""
    #: Its address, such as https://s3.example.go.th; empty: Amazon's, by the region.
    s3_endpoint: str = ""
    s3_region: str = "us-east-1"
    #: The key and its secret, or the path of a file with the secret in it (as container hosts hand secrets out).
    s3_key_id: str = Field(default="", repr=False)
    s3_secret: str = Field(default="", repr=False)
    s3_secret_file: str = ""
    #: A LINE Login channel, for signing in to the console with LINE; both, or neither.
    line_login_channel_id: str = ""
    line_login_channel_secret: str = Field(default="", repr=False)
    #: LINE Login's pages; another address only for tests.
    line_login_url: str = "https://access.line.me"
    #: A LIFF app whose endpoint is PUBLIC_URL/vote/liff: ballots then open inside the chat. Empty: in the browser.
    liff_id: str = ""
    #: Where the console's maps get their tiles ({z}, {x}, {y}; {s} for a host's letter); empty: maps without tiles.
    #: None by default: whoever serves tiles learns which places the office looks at.
    map_tiles_url: str = ""
    #: How many reverse proxies stand before this server: so many X-Forwarded-For entries are believed.
    trusted_proxies: Annotated[int, Field(ge=0, le=9)] = 0
    #: Hosts in the office's own network that webhooks, pictures by address and Traffy may reach, with commas: a name or
    #: name:port. All others must lie in the open Internet (bot/outside.py).
    internal_hosts: str = ""
    #: The account of Traffy Fondue's Exchange API, both or neither; the password may lie in a file.
    traffy_user: str = Field(default="", repr=False)
    traffy_password: str = Field(default="", repr=False)
    traffy_password_file: str = ""
    #: Where that API is; another address only for tests.
    traffy_url: str = "https://publicapi.traffy.in.th/exchange-api"
    #: Folder into which the worker writes a backup every night; best on another machine's disk. Empty: none is made.
    backup_to: str = ""
    #: What backups are sealed with: 64 hexadecimal digits (`songsiang backup --new-key`), or the path of a file with
    #: them. Keep a copy away from this machine: without it no backup can be opened.
    backup_key: str = Field(default="", repr=False)
    backup_key_file: str = ""
    #: How many backups are kept; older ones are removed after a new one has proved good.
    backup_keep: Annotated[int, Field(ge=1, le=9999)] = 14
    #: Port the web server listens on.
    port: Annotated[int, Field(ge=1, le=65535)] = 8000

    @field_validator("line_api_url", "line_data_url", "line_login_url", "public_url", "traffy_url")
    @classmethod
    def _http_address(cls, value: str) -> str:
        TypeAdapter(HttpUrl).validate_python(value)
        return value.rstrip("/")  # LINE: no needless characters in endpoint addresses

    @field_validator("s3_endpoint")
    @classmethod
    def _http_address_or_none(cls, value: str) -> str:
        return cls._http_address(value) if value else ""

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value.startswith("postgres://"):  # the form some hosts hand out
            value = "postgresql://" + value.removeprefix("postgres://")
        if value and not value.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
            raise ValueError("must begin with sqlite: or postgresql:")
        return value

    @model_validator(mode="after")
    def _login_is_whole(self) -> Settings:
        if bool(self.line_login_channel_id) != bool(self.line_login_channel_secret):
            raise ValueError("LINE_LOGIN_CHANNEL_ID and LINE_LOGIN_CHANNEL_SECRET belong together")
        return self

    @model_validator(mode="after")
    def _bucket_is_whole(self) -> Settings:
        if self.s3_secret_file:
            if self.s3_secret:
                raise ValueError("set one of S3_SECRET and S3_SECRET_FILE")
            try:
                object.__setattr__(self, "s3_secret", Path(self.s3_secret_file).read_text("utf-8").strip())
            except (OSError, UnicodeDecodeError):
                raise ValueError("S3_SECRET_FILE cannot be read") from None
        if self.s3_bucket and not (self.s3_key_id and self.s3_secret):
            raise ValueError("S3_BUCKET needs S3_KEY_ID and S3_SECRET (or S3_SECRET_FILE)")
        return self

    @model_validator(mode="after")
    def _traffy_is_whole(self) -> Settings:
        if self.traffy_password_file:
            if self.traffy_password:
                raise ValueError("set one of TRAFFY_PASSWORD and TRAFFY_PASSWORD_FILE")
            try:
                object.__setattr__(self, "traffy_password", Path(self.traffy_password_file).read_text("utf-8").strip())
            except (OSError, UnicodeDecodeError):
                raise ValueError("TRAFFY_PASSWORD_FILE cannot be read") from None
        if bool(self.traffy_user) != bool(self.traffy_password):
            raise ValueError("TRAFFY_USER and TRAFFY_PASSWORD belong together")
        return self

    @model_validator(mode="after")
    def _backup_is_whole(self) -> Settings:
        if self.backup_key_file:
            if self.backup_key:
                raise ValueError("set one of BACKUP_KEY and BACKUP_KEY_FILE")
            try:
                object.__setattr__(self, "backup_key", Path(self.backup_key_file).read_text("utf-8").strip())
            except (OSError, UnicodeDecodeError):
                raise ValueError("BACKUP_KEY_FILE cannot be read") from None
        if self.backup_key and (len(self.backup_key) != 64 or set(self.backup_key.lower()) - set("0123456789abcdef")):
            raise ValueError("BACKUP_KEY must be 64 hexadecimal digits (make one: songsiang backup --new-key)")
        if self.backup_to and not self.backup_key:
            raise ValueError("BACKUP_TO needs BACKUP_KEY or BACKUP_KEY_FILE (make one: songsiang backup --new-key)")
        return self

    @model_validator(mode="after")
    def _default_database(self) -> Settings:
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{(self.data_dir / 'songsiang.db').absolute()}")
        return self

    @property
    def key_room(self) -> Path:
        """Where the keys of polls lie."""
        return self.keys_dir or self.data_dir / "keys"

    @property
    def internal(self) -> tuple[str, ...]:
        """The hosts of the office's own network that may be called."""
        return tuple(each.strip() for each in self.internal_hosts.split(",") if each.strip())

    @property
    def files_dir(self) -> Path:
        """Where received photos, voice and files lie; with a bucket, only while they are half made."""
        return self.data_dir / "files"


def read_settings(**given: Any) -> Settings:
    """The settings of this process, from the environment (and `given`, in tests and the demo).

    Raises SettingsError naming each missing or wrong setting; never shows a secret's value.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None


def _explain(error: ValidationError) -> str:
    lines = []
    for fault in error.errors(include_input=False, include_url=False):
        name = str(fault["loc"][0]).upper() if fault["loc"] else "?"
        if fault["type"] == "missing":
            lines.append(f"ยังไม่ได้ตั้งค่า {name} ({name} is not set)")
        else:
            lines.append(f"ค่า {name} ใช้ไม่ได้ ({name} is wrong: {fault['msg']})")
    return "\n".join(lines)
