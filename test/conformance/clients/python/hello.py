"""The Job that both clients create."""


def hello_job(name):
    script = "for i in 1 2 3; do echo line $i; sleep 0.2; done"
    container = {"name": "main", "image": "python:3.13-slim", "command": ["sh", "-c", script]}
    pod = {"restartPolicy": "Never", "containers": [container]}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"backoffLimit": 0, "template": {"spec": pod}},
    }
