import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TaskState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TASK_STATE_UNSPECIFIED: _ClassVar[TaskState]
    PENDING: _ClassVar[TaskState]
    RUNNING: _ClassVar[TaskState]
    STOPPING: _ClassVar[TaskState]
    STOPPED: _ClassVar[TaskState]
    COMPLETED: _ClassVar[TaskState]
    FAILED: _ClassVar[TaskState]
TASK_STATE_UNSPECIFIED: TaskState
PENDING: TaskState
RUNNING: TaskState
STOPPING: TaskState
STOPPED: TaskState
COMPLETED: TaskState
FAILED: TaskState

class TaskSpec(_message.Message):
    __slots__ = ("name", "num_nodes", "workdir", "resources", "envs", "volumes", "setup", "run", "secrets", "timeout", "fail_fast")
    class EnvsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class VolumesEntry(_message.Message):
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
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUM_NODES_FIELD_NUMBER: _ClassVar[int]
    WORKDIR_FIELD_NUMBER: _ClassVar[int]
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    ENVS_FIELD_NUMBER: _ClassVar[int]
    VOLUMES_FIELD_NUMBER: _ClassVar[int]
    SETUP_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    FAIL_FAST_FIELD_NUMBER: _ClassVar[int]
    name: str
    num_nodes: int
    workdir: str
    resources: Resources
    envs: _containers.ScalarMap[str, str]
    volumes: _containers.ScalarMap[str, str]
    setup: str
    run: str
    secrets: _containers.ScalarMap[str, str]
    timeout: str
    fail_fast: bool
    def __init__(self, name: _Optional[str] = ..., num_nodes: _Optional[int] = ..., workdir: _Optional[str] = ..., resources: _Optional[_Union[Resources, _Mapping]] = ..., envs: _Optional[_Mapping[str, str]] = ..., volumes: _Optional[_Mapping[str, str]] = ..., setup: _Optional[str] = ..., run: _Optional[str] = ..., secrets: _Optional[_Mapping[str, str]] = ..., timeout: _Optional[str] = ..., fail_fast: _Optional[bool] = ...) -> None: ...

class Resources(_message.Message):
    __slots__ = ("cpus", "memory", "accelerators", "image_id", "instance_type", "use_spot", "disk_size", "ports")
    CPUS_FIELD_NUMBER: _ClassVar[int]
    MEMORY_FIELD_NUMBER: _ClassVar[int]
    ACCELERATORS_FIELD_NUMBER: _ClassVar[int]
    IMAGE_ID_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_TYPE_FIELD_NUMBER: _ClassVar[int]
    USE_SPOT_FIELD_NUMBER: _ClassVar[int]
    DISK_SIZE_FIELD_NUMBER: _ClassVar[int]
    PORTS_FIELD_NUMBER: _ClassVar[int]
    cpus: str
    memory: str
    accelerators: str
    image_id: str
    instance_type: _struct_pb2.Value
    use_spot: _struct_pb2.Value
    disk_size: _struct_pb2.Value
    ports: _struct_pb2.Value
    def __init__(self, cpus: _Optional[str] = ..., memory: _Optional[str] = ..., accelerators: _Optional[str] = ..., image_id: _Optional[str] = ..., instance_type: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., use_spot: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., disk_size: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., ports: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...

class TaskStatus(_message.Message):
    __slots__ = ("task_id", "name", "status", "created_at", "updated_at", "username", "metadata", "state", "nodes", "diagnosis", "started_at", "finished_at", "stop", "attempt", "past_attempts", "outage")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSIS_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    FINISHED_AT_FIELD_NUMBER: _ClassVar[int]
    STOP_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    PAST_ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    OUTAGE_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    name: str
    status: str
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    username: str
    metadata: TaskMetadata
    state: TaskState
    nodes: _containers.RepeatedCompositeFieldContainer[NodeStatus]
    diagnosis: Diagnosis
    started_at: _timestamp_pb2.Timestamp
    finished_at: _timestamp_pb2.Timestamp
    stop: StopMark
    attempt: int
    past_attempts: _containers.RepeatedCompositeFieldContainer[PastAttempt]
    outage: ClusterOutage
    def __init__(self, task_id: _Optional[str] = ..., name: _Optional[str] = ..., status: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., username: _Optional[str] = ..., metadata: _Optional[_Union[TaskMetadata, _Mapping]] = ..., state: _Optional[_Union[TaskState, str]] = ..., nodes: _Optional[_Iterable[_Union[NodeStatus, _Mapping]]] = ..., diagnosis: _Optional[_Union[Diagnosis, _Mapping]] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., finished_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., stop: _Optional[_Union[StopMark, _Mapping]] = ..., attempt: _Optional[int] = ..., past_attempts: _Optional[_Iterable[_Union[PastAttempt, _Mapping]]] = ..., outage: _Optional[_Union[ClusterOutage, _Mapping]] = ...) -> None: ...

class ClusterOutage(_message.Message):
    __slots__ = ("since", "message")
    SINCE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    since: _timestamp_pb2.Timestamp
    message: str
    def __init__(self, since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., message: _Optional[str] = ...) -> None: ...

class TaskMetadata(_message.Message):
    __slots__ = ("job_name", "namespace", "num_nodes", "node_jobs", "succeeded_nodes", "failed_nodes", "running_nodes", "pending_nodes", "stopped_nodes")
    JOB_NAME_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NUM_NODES_FIELD_NUMBER: _ClassVar[int]
    NODE_JOBS_FIELD_NUMBER: _ClassVar[int]
    SUCCEEDED_NODES_FIELD_NUMBER: _ClassVar[int]
    FAILED_NODES_FIELD_NUMBER: _ClassVar[int]
    RUNNING_NODES_FIELD_NUMBER: _ClassVar[int]
    PENDING_NODES_FIELD_NUMBER: _ClassVar[int]
    STOPPED_NODES_FIELD_NUMBER: _ClassVar[int]
    job_name: str
    namespace: str
    num_nodes: int
    node_jobs: _containers.RepeatedScalarFieldContainer[str]
    succeeded_nodes: int
    failed_nodes: int
    running_nodes: int
    pending_nodes: int
    stopped_nodes: int
    def __init__(self, job_name: _Optional[str] = ..., namespace: _Optional[str] = ..., num_nodes: _Optional[int] = ..., node_jobs: _Optional[_Iterable[str]] = ..., succeeded_nodes: _Optional[int] = ..., failed_nodes: _Optional[int] = ..., running_nodes: _Optional[int] = ..., pending_nodes: _Optional[int] = ..., stopped_nodes: _Optional[int] = ...) -> None: ...

class NodeStatus(_message.Message):
    __slots__ = ("index", "state", "reason", "message", "exit_code", "signal", "started_at", "finished_at", "job_name", "pod_name", "node_name", "restarts")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    EXIT_CODE_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    FINISHED_AT_FIELD_NUMBER: _ClassVar[int]
    JOB_NAME_FIELD_NUMBER: _ClassVar[int]
    POD_NAME_FIELD_NUMBER: _ClassVar[int]
    NODE_NAME_FIELD_NUMBER: _ClassVar[int]
    RESTARTS_FIELD_NUMBER: _ClassVar[int]
    index: int
    state: TaskState
    reason: str
    message: str
    exit_code: int
    signal: str
    started_at: _timestamp_pb2.Timestamp
    finished_at: _timestamp_pb2.Timestamp
    job_name: str
    pod_name: str
    node_name: str
    restarts: int
    def __init__(self, index: _Optional[int] = ..., state: _Optional[_Union[TaskState, str]] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ..., exit_code: _Optional[int] = ..., signal: _Optional[str] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., finished_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., job_name: _Optional[str] = ..., pod_name: _Optional[str] = ..., node_name: _Optional[str] = ..., restarts: _Optional[int] = ...) -> None: ...

class Diagnosis(_message.Message):
    __slots__ = ("category", "cause", "evidence", "fix", "retryable", "node")
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    FIX_FIELD_NUMBER: _ClassVar[int]
    RETRYABLE_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    category: str
    cause: str
    evidence: _containers.RepeatedScalarFieldContainer[str]
    fix: str
    retryable: bool
    node: int
    def __init__(self, category: _Optional[str] = ..., cause: _Optional[str] = ..., evidence: _Optional[_Iterable[str]] = ..., fix: _Optional[str] = ..., retryable: _Optional[bool] = ..., node: _Optional[int] = ...) -> None: ...

class PastAttempt(_message.Message):
    __slots__ = ("attempt", "node", "reason", "message", "exit_code", "started_at", "finished_at")
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    EXIT_CODE_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    FINISHED_AT_FIELD_NUMBER: _ClassVar[int]
    attempt: int
    node: int
    reason: str
    message: str
    exit_code: int
    started_at: _timestamp_pb2.Timestamp
    finished_at: _timestamp_pb2.Timestamp
    def __init__(self, attempt: _Optional[int] = ..., node: _Optional[int] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ..., exit_code: _Optional[int] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., finished_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class StopMark(_message.Message):
    __slots__ = ("username", "time", "reason")
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    username: str
    time: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, username: _Optional[str] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...
