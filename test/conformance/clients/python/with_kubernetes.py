"""What programs with the package kubernetes do: create, watch, log, patch, list, delete. Usage: KUBECONFIG NAMESPACE."""

import sys

from hello import hello_job
from kubernetes import client, config, watch

kubeconfig, namespace = sys.argv[1:]
config.load_kube_config(kubeconfig)
batch, core = client.BatchV1Api(), client.CoreV1Api()

version = batch.list_namespaced_job(namespace).metadata.resource_version
job = batch.create_namespaced_job(namespace, hello_job("hello-python"))
try:
    batch.create_namespaced_job(namespace, hello_job("hello-python"))
except client.ApiException as error:
    print("created, and only once:", error.status)

selector = "batch.kubernetes.io/job-name=hello-python"
for event in watch.Watch().stream(core.list_namespaced_pod, namespace, label_selector=selector, timeout_seconds=280):
    pod = event["object"]
    if pod.status.phase != "Pending":
        break
print("watched the pod")
for line in watch.Watch().stream(core.read_namespaced_pod_log, pod.metadata.name, namespace, follow=True):
    print(line)

seen = set()
jobs = watch.Watch()
for event in jobs.stream(batch.list_namespaced_job, namespace, resource_version=version, timeout_seconds=280):
    seen.add(event["type"])
    if event["object"].status.completion_time:
        jobs.stop()
print("watched the Job:", *sorted(seen))

patched = batch.patch_namespaced_job("hello-python", namespace, {"metadata": {"labels": {"patched": "yes"}}})
found = batch.list_namespaced_job(namespace, label_selector="patched=yes", limit=1).items
print("patched and found:", patched.metadata.labels["patched"], *[item.metadata.name for item in found])

removals = watch.Watch()
version = core.list_namespaced_pod(namespace).metadata.resource_version
batch.delete_namespaced_job("hello-python", namespace, propagation_policy="Background")
for event in removals.stream(core.list_namespaced_pod, namespace, resource_version=version, timeout_seconds=280):
    if event["type"] == "DELETED":
        print("deleted with its pod")
        removals.stop()
