"""What programs with the package kr8s do: create, wait, log, label, list, watch, delete. Usage: KUBECONFIG NAMESPACE."""

import sys

import kr8s
from hello import hello_job
from kr8s.objects import Job, Pod

kubeconfig, namespace = sys.argv[1:]
api = kr8s.api(kubeconfig=kubeconfig, namespace=namespace)

job = Job(hello_job("hello-kr8s"), namespace=namespace, api=api)
job.create()
print("created:", job.exists())
job.wait("condition=Complete", timeout=280)
print("complete")

selector = {"batch.kubernetes.io/job-name": "hello-kr8s"}
(pod,) = Pod.list(namespace=namespace, label_selector=selector, api=api)
for line in pod.logs(follow=True):
    print(line)

job.label({"patched": "yes"})
found = api.get("jobs", namespace=namespace, label_selector="patched=yes")
print("labelled and found:", *[item.name for item in found])

job.delete(propagation_policy="Background")
pod.wait("delete", timeout=280)
print("deleted with its pod")
