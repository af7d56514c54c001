"""Submits a task file, follows its log and ends with the task's result.

PYTHONPATH=../../../gen/python python3 run_task.py --user ada ../../hello.yaml
"""

import argparse
import getpass
import sys
import time
import uuid
from pathlib import Path

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from k8scli.v1 import task_pb2, task_service_pb2, task_service_pb2_grpc

ATTEMPTS = 5  # how often a call is made before it is given up


class CutError(Exception):
    """A stream ended before its summary."""


def submit(tasks, metadata, text):
    """Submits the text of a task file. With a request id it may be repeated: the task is submitted once."""
    request = task_service_pb2.SubmitTaskRequest(task_yaml=text, request_id=str(uuid.uuid4()))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return tasks.SubmitTask(request, metadata=metadata, timeout=60)
        except grpc.RpcError as error:
            wait_or_raise(error, attempt)


def follow(tasks, metadata, task_id):
    """Prints a task's log until all its nodes have ended. A lost connection is made again, behind what was printed."""
    request = task_service_pb2.StreamTaskLogsRequest(task_id=task_id)
    attempt = 0
    while True:
        attempt += 1
        try:
            for message in tasks.StreamTaskLogs(request, metadata=metadata):
                for entry in message.entries:
                    write(entry)
                if message.resume_token:
                    request.resume_token = message.resume_token
                    attempt = 1
                if message.HasField("summary"):
                    for node in message.summary.nodes:
                        if node.incomplete_reason:
                            print(f"the log of node {node.node} is not complete: {node.incomplete_reason}", file=sys.stderr)
                    return message.summary.task
            raise CutError("the log stream was cut")
        except (grpc.RpcError, CutError) as error:
            wait_or_raise(error, attempt)


def write(entry):
    """Writes a piece of log as it is, bytes that are not UTF-8 included."""
    sys.stdout.buffer.write(entry.raw or entry.text.encode())
    if not entry.partial:
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()


def exit_code(task):
    """The exit code of the node that failed first, as the command line has it."""
    if task.state == task_pb2.COMPLETED:
        return 0
    if task.state == task_pb2.STOPPED:
        return 122
    failed = [node for node in task.nodes if node.exit_code != 0]
    failed.sort(key=lambda node: node.finished_at.ToNanoseconds())
    return failed[0].exit_code if failed else 1


def details_of(error):
    """The details of a failed call, as messages of their own type."""
    status = rpc_status.from_call(error)
    for packed in status.details if status else ():
        for kind in (
            error_details_pb2.ErrorInfo,
            error_details_pb2.BadRequest,
            error_details_pb2.ResourceInfo,
            error_details_pb2.RetryInfo,
        ):
            if packed.Is(kind.DESCRIPTOR):
                detail = kind()
                packed.Unpack(detail)
                yield detail


def wait_or_raise(error, attempt):
    """Waits before a call is made again, as long as the server says; raises the error when that would not help."""
    wait = 2.0
    if isinstance(error, grpc.RpcError):
        if error.code() != grpc.StatusCode.UNAVAILABLE:
            raise error
        for detail in details_of(error):
            if isinstance(detail, error_details_pb2.RetryInfo):
                wait = detail.retry_delay.ToTimedelta().total_seconds()
    if attempt >= ATTEMPTS:
        raise error
    print(f"trying again in {wait:g}s", file=sys.stderr)
    time.sleep(wait)


def explain(error):
    """Prints an error with all that its details say."""
    print(f"{error.code().name}: {error.details()}", file=sys.stderr)
    for detail in details_of(error):
        if isinstance(detail, error_details_pb2.ErrorInfo):
            print(f"reason: {detail.reason}", file=sys.stderr)
        elif isinstance(detail, error_details_pb2.BadRequest):
            for violation in detail.field_violations:
                print(f"field {violation.field}: {violation.description}", file=sys.stderr)
        elif isinstance(detail, error_details_pb2.ResourceInfo):
            print(f"resource: {detail.resource_type} {detail.resource_name}", file=sys.stderr)
        elif isinstance(detail, error_details_pb2.RetryInfo):
            print(f"retry in: {detail.retry_delay.ToTimedelta().total_seconds():g}s", file=sys.stderr)


def main():
    """Runs the program; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", default="localhost:8000", help="host and port of the server")
    parser.add_argument("--user", default=getpass.getuser(), help="who submits")
    parser.add_argument("file", type=Path, help="the task file")
    arguments = parser.parse_args()
    metadata = (("x-user", arguments.user),)
    with grpc.insecure_channel(arguments.server) as channel:
        tasks = task_service_pb2_grpc.TaskServiceStub(channel)
        try:
            submitted = submit(tasks, metadata, arguments.file.read_text())
            print(submitted.message, file=sys.stderr)
            task = follow(tasks, metadata, submitted.task_id)
        except grpc.RpcError as error:
            explain(error)
            return 1
        except CutError as error:
            print(error, file=sys.stderr)
            return 1
    print(f"Task {task.task_id} {task.status}", file=sys.stderr)
    return exit_code(task)


if __name__ == "__main__":
    sys.exit(main())
