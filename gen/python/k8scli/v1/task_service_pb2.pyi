import datetime

from google.api import annotations_pb2 as _annotations_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import httpbody_pb2 as _httpbody_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from k8scli.v1 import task_pb2 as _task_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SubmitTaskRequest(_message.Message):
    __slots__ = ("task", "task_yaml", "request_id", "validate_only", "overrides", "strict", "lenient")
    TASK_FIELD_NUMBER: _ClassVar[int]
    TASK_YAML_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    OVERRIDES_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    LENIENT_FIELD_NUMBER: _ClassVar[int]
    task: _task_pb2.TaskSpec
    task_yaml: str
    request_id: str
    validate_only: bool
    overrides: TaskOverrides
    strict: bool
    lenient: bool
    def __init__(self, task: _Optional[_Union[_task_pb2.TaskSpec, _Mapping]] = ..., task_yaml: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., overrides: _Optional[_Union[TaskOverrides, _Mapping]] = ..., strict: _Optional[bool] = ..., lenient: _Optional[bool] = ...) -> None: ...

class TaskOverrides(_message.Message):
    __slots__ = ("envs", "secrets", "name", "num_nodes", "cpus", "memory", "accelerators", "image_id")
    class EnvsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class SecretsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ENVS_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUM_NODES_FIELD_NUMBER: _ClassVar[int]
    CPUS_FIELD_NUMBER: _ClassVar[int]
    MEMORY_FIELD_NUMBER: _ClassVar[int]
    ACCELERATORS_FIELD_NUMBER: _ClassVar[int]
    IMAGE_ID_FIELD_NUMBER: _ClassVar[int]
    envs: _containers.ScalarMap[str, str]
    secrets: _containers.ScalarMap[str, str]
    name: str
    num_nodes: int
    cpus: str
    memory: str
    accelerators: str
    image_id: str
    def __init__(self, envs: _Optional[_Mapping[str, str]] = ..., secrets: _Optional[_Mapping[str, str]] = ..., name: _Optional[str] = ..., num_nodes: _Optional[int] = ..., cpus: _Optional[str] = ..., memory: _Optional[str] = ..., accelerators: _Optional[str] = ..., image_id: _Optional[str] = ...) -> None: ...

class SubmitTaskResponse(_message.Message):
    __slots__ = ("task_id", "status", "message", "warnings", "objects")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    OBJECTS_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    status: str
    message: str
    warnings: _containers.RepeatedScalarFieldContainer[str]
    objects: _containers.RepeatedCompositeFieldContainer[_struct_pb2.Struct]
    def __init__(self, task_id: _Optional[str] = ..., status: _Optional[str] = ..., message: _Optional[str] = ..., warnings: _Optional[_Iterable[str]] = ..., objects: _Optional[_Iterable[_Union[_struct_pb2.Struct, _Mapping]]] = ...) -> None: ...

class RerunTaskRequest(_message.Message):
    __slots__ = ("task_id", "request_id")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    request_id: str
    def __init__(self, task_id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class RerunTaskResponse(_message.Message):
    __slots__ = ("task_id", "status", "message", "warnings")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    status: str
    message: str
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, task_id: _Optional[str] = ..., status: _Optional[str] = ..., message: _Optional[str] = ..., warnings: _Optional[_Iterable[str]] = ...) -> None: ...

class ListTasksRequest(_message.Message):
    __slots__ = ("all_users", "page_size", "page_token", "status", "name", "since", "id_prefix")
    ALL_USERS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    ID_PREFIX_FIELD_NUMBER: _ClassVar[int]
    all_users: bool
    page_size: int
    page_token: str
    status: str
    name: str
    since: _duration_pb2.Duration
    id_prefix: str
    def __init__(self, all_users: _Optional[bool] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., status: _Optional[str] = ..., name: _Optional[str] = ..., since: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., id_prefix: _Optional[str] = ...) -> None: ...

class ListTasksResponse(_message.Message):
    __slots__ = ("tasks", "next_page_token", "outage")
    TASKS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    OUTAGE_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[_task_pb2.TaskStatus]
    next_page_token: str
    outage: _task_pb2.ClusterOutage
    def __init__(self, tasks: _Optional[_Iterable[_Union[_task_pb2.TaskStatus, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., outage: _Optional[_Union[_task_pb2.ClusterOutage, _Mapping]] = ...) -> None: ...

class GetTaskRequest(_message.Message):
    __slots__ = ("task_id",)
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    def __init__(self, task_id: _Optional[str] = ...) -> None: ...

class TailTaskLogsRequest(_message.Message):
    __slots__ = ("task_id", "follow", "tail", "since", "timestamps", "node")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_FIELD_NUMBER: _ClassVar[int]
    TAIL_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMPS_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    follow: bool
    tail: int
    since: _duration_pb2.Duration
    timestamps: bool
    node: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, task_id: _Optional[str] = ..., follow: _Optional[bool] = ..., tail: _Optional[int] = ..., since: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., timestamps: _Optional[bool] = ..., node: _Optional[_Iterable[int]] = ...) -> None: ...

class StreamTaskLogsRequest(_message.Message):
    __slots__ = ("task_id", "follow", "tail", "since", "timestamps", "node", "resume_token")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_FIELD_NUMBER: _ClassVar[int]
    TAIL_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMPS_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    follow: bool
    tail: int
    since: _duration_pb2.Duration
    timestamps: bool
    node: _containers.RepeatedScalarFieldContainer[int]
    resume_token: str
    def __init__(self, task_id: _Optional[str] = ..., follow: _Optional[bool] = ..., tail: _Optional[int] = ..., since: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., timestamps: _Optional[bool] = ..., node: _Optional[_Iterable[int]] = ..., resume_token: _Optional[str] = ...) -> None: ...

class StreamTaskLogsResponse(_message.Message):
    __slots__ = ("entries", "resume_token", "heartbeat", "gap", "notice", "summary")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    GAP_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[TaskLogEntry]
    resume_token: str
    heartbeat: LogHeartbeat
    gap: LogGap
    notice: LogNotice
    summary: LogSummary
    def __init__(self, entries: _Optional[_Iterable[_Union[TaskLogEntry, _Mapping]]] = ..., resume_token: _Optional[str] = ..., heartbeat: _Optional[_Union[LogHeartbeat, _Mapping]] = ..., gap: _Optional[_Union[LogGap, _Mapping]] = ..., notice: _Optional[_Union[LogNotice, _Mapping]] = ..., summary: _Optional[_Union[LogSummary, _Mapping]] = ...) -> None: ...

class TaskLogEntry(_message.Message):
    __slots__ = ("node", "time", "text", "raw", "partial", "newline")
    NODE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_FIELD_NUMBER: _ClassVar[int]
    NEWLINE_FIELD_NUMBER: _ClassVar[int]
    node: int
    time: _timestamp_pb2.Timestamp
    text: str
    raw: bytes
    partial: bool
    newline: bool
    def __init__(self, node: _Optional[int] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., text: _Optional[str] = ..., raw: _Optional[bytes] = ..., partial: _Optional[bool] = ..., newline: _Optional[bool] = ...) -> None: ...

class LogHeartbeat(_message.Message):
    __slots__ = ("time", "outage")
    TIME_FIELD_NUMBER: _ClassVar[int]
    OUTAGE_FIELD_NUMBER: _ClassVar[int]
    time: _timestamp_pb2.Timestamp
    outage: _task_pb2.ClusterOutage
    def __init__(self, time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., outage: _Optional[_Union[_task_pb2.ClusterOutage, _Mapping]] = ...) -> None: ...

class LogGap(_message.Message):
    __slots__ = ("node", "after", "before", "reason")
    NODE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    node: int
    after: _timestamp_pb2.Timestamp
    before: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, node: _Optional[int] = ..., after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., before: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class LogNotice(_message.Message):
    __slots__ = ("node", "state", "message", "waited", "fix")
    NODE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    WAITED_FIELD_NUMBER: _ClassVar[int]
    FIX_FIELD_NUMBER: _ClassVar[int]
    node: int
    state: _task_pb2.TaskState
    message: str
    waited: _duration_pb2.Duration
    fix: str
    def __init__(self, node: _Optional[int] = ..., state: _Optional[_Union[_task_pb2.TaskState, str]] = ..., message: _Optional[str] = ..., waited: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., fix: _Optional[str] = ...) -> None: ...

class LogSummary(_message.Message):
    __slots__ = ("task", "nodes")
    TASK_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    task: _task_pb2.TaskStatus
    nodes: _containers.RepeatedCompositeFieldContainer[NodeLogSummary]
    def __init__(self, task: _Optional[_Union[_task_pb2.TaskStatus, _Mapping]] = ..., nodes: _Optional[_Iterable[_Union[NodeLogSummary, _Mapping]]] = ...) -> None: ...

class NodeLogSummary(_message.Message):
    __slots__ = ("node", "lines", "incomplete_reason")
    NODE_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    INCOMPLETE_REASON_FIELD_NUMBER: _ClassVar[int]
    node: int
    lines: int
    incomplete_reason: str
    def __init__(self, node: _Optional[int] = ..., lines: _Optional[int] = ..., incomplete_reason: _Optional[str] = ...) -> None: ...

class WatchTaskRequest(_message.Message):
    __slots__ = ("task_id",)
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    def __init__(self, task_id: _Optional[str] = ...) -> None: ...

class WatchTasksRequest(_message.Message):
    __slots__ = ("all_users", "status", "name")
    ALL_USERS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    all_users: bool
    status: str
    name: str
    def __init__(self, all_users: _Optional[bool] = ..., status: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class WatchTasksResponse(_message.Message):
    __slots__ = ("task", "removed", "synced", "cluster")
    TASK_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    SYNCED_FIELD_NUMBER: _ClassVar[int]
    CLUSTER_FIELD_NUMBER: _ClassVar[int]
    task: _task_pb2.TaskStatus
    removed: TaskRemoval
    synced: bool
    cluster: ClusterContact
    def __init__(self, task: _Optional[_Union[_task_pb2.TaskStatus, _Mapping]] = ..., removed: _Optional[_Union[TaskRemoval, _Mapping]] = ..., synced: _Optional[bool] = ..., cluster: _Optional[_Union[ClusterContact, _Mapping]] = ...) -> None: ...

class ClusterContact(_message.Message):
    __slots__ = ("outage",)
    OUTAGE_FIELD_NUMBER: _ClassVar[int]
    outage: _task_pb2.ClusterOutage
    def __init__(self, outage: _Optional[_Union[_task_pb2.ClusterOutage, _Mapping]] = ...) -> None: ...

class TaskRemoval(_message.Message):
    __slots__ = ("task_id", "deleted")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    deleted: bool
    def __init__(self, task_id: _Optional[str] = ..., deleted: _Optional[bool] = ...) -> None: ...

class StopTaskRequest(_message.Message):
    __slots__ = ("task_id", "reason", "grace_period")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    GRACE_PERIOD_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    reason: str
    grace_period: _duration_pb2.Duration
    def __init__(self, task_id: _Optional[str] = ..., reason: _Optional[str] = ..., grace_period: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class StopTaskResponse(_message.Message):
    __slots__ = ("task_id", "status", "message")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    status: str
    message: str
    def __init__(self, task_id: _Optional[str] = ..., status: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class DeleteTaskRequest(_message.Message):
    __slots__ = ("task_id", "force")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    force: bool
    def __init__(self, task_id: _Optional[str] = ..., force: _Optional[bool] = ...) -> None: ...

class DeleteTaskResponse(_message.Message):
    __slots__ = ("task_id", "status", "message")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    status: str
    message: str
    def __init__(self, task_id: _Optional[str] = ..., status: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class StopTasksRequest(_message.Message):
    __slots__ = ("all_users", "grace_period", "reason")
    ALL_USERS_FIELD_NUMBER: _ClassVar[int]
    GRACE_PERIOD_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    all_users: bool
    grace_period: _duration_pb2.Duration
    reason: str
    def __init__(self, all_users: _Optional[bool] = ..., grace_period: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class StopTasksResponse(_message.Message):
    __slots__ = ("count", "status", "message")
    COUNT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    count: int
    status: str
    message: str
    def __init__(self, count: _Optional[int] = ..., status: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class ExecTaskRequest(_message.Message):
    __slots__ = ("start", "stdin", "stdin_end", "resize")
    START_FIELD_NUMBER: _ClassVar[int]
    STDIN_FIELD_NUMBER: _ClassVar[int]
    STDIN_END_FIELD_NUMBER: _ClassVar[int]
    RESIZE_FIELD_NUMBER: _ClassVar[int]
    start: ExecStart
    stdin: bytes
    stdin_end: bool
    resize: TerminalSize
    def __init__(self, start: _Optional[_Union[ExecStart, _Mapping]] = ..., stdin: _Optional[bytes] = ..., stdin_end: _Optional[bool] = ..., resize: _Optional[_Union[TerminalSize, _Mapping]] = ...) -> None: ...

class ExecStart(_message.Message):
    __slots__ = ("task_id", "node", "command", "stdin", "tty", "size")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    STDIN_FIELD_NUMBER: _ClassVar[int]
    TTY_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    node: int
    command: _containers.RepeatedScalarFieldContainer[str]
    stdin: bool
    tty: bool
    size: TerminalSize
    def __init__(self, task_id: _Optional[str] = ..., node: _Optional[int] = ..., command: _Optional[_Iterable[str]] = ..., stdin: _Optional[bool] = ..., tty: _Optional[bool] = ..., size: _Optional[_Union[TerminalSize, _Mapping]] = ...) -> None: ...

class TerminalSize(_message.Message):
    __slots__ = ("width", "height")
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    width: int
    height: int
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ...) -> None: ...

class ExecTaskResponse(_message.Message):
    __slots__ = ("started", "stdout", "stderr", "exit")
    STARTED_FIELD_NUMBER: _ClassVar[int]
    STDOUT_FIELD_NUMBER: _ClassVar[int]
    STDERR_FIELD_NUMBER: _ClassVar[int]
    EXIT_FIELD_NUMBER: _ClassVar[int]
    started: NodeConnection
    stdout: bytes
    stderr: bytes
    exit: ExecExit
    def __init__(self, started: _Optional[_Union[NodeConnection, _Mapping]] = ..., stdout: _Optional[bytes] = ..., stderr: _Optional[bytes] = ..., exit: _Optional[_Union[ExecExit, _Mapping]] = ...) -> None: ...

class NodeConnection(_message.Message):
    __slots__ = ("node", "pod")
    NODE_FIELD_NUMBER: _ClassVar[int]
    POD_FIELD_NUMBER: _ClassVar[int]
    node: int
    pod: str
    def __init__(self, node: _Optional[int] = ..., pod: _Optional[str] = ...) -> None: ...

class ExecExit(_message.Message):
    __slots__ = ("code", "message")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    code: int
    message: str
    def __init__(self, code: _Optional[int] = ..., message: _Optional[str] = ...) -> None: ...

class ForwardTaskPortRequest(_message.Message):
    __slots__ = ("start", "data")
    START_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    start: ForwardStart
    data: bytes
    def __init__(self, start: _Optional[_Union[ForwardStart, _Mapping]] = ..., data: _Optional[bytes] = ...) -> None: ...

class ForwardStart(_message.Message):
    __slots__ = ("task_id", "node", "port")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    PORT_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    node: int
    port: int
    def __init__(self, task_id: _Optional[str] = ..., node: _Optional[int] = ..., port: _Optional[int] = ...) -> None: ...

class ForwardTaskPortResponse(_message.Message):
    __slots__ = ("started", "data")
    STARTED_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    started: NodeConnection
    data: bytes
    def __init__(self, started: _Optional[_Union[NodeConnection, _Mapping]] = ..., data: _Optional[bytes] = ...) -> None: ...
