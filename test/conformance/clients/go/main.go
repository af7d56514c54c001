// Command client does what programs with client-go do: informers, create, patch, update, pages, logs, delete.
// Usage: client KUBECONFIG NAMESPACE. It prints a line for each thing that has come true.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/retry"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 280*time.Second)
	defer cancel()
	if err := run(ctx, os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, kubeconfig, namespace string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	// Generated clients send protobuf by default, which the embedded cluster does not read.
	config.ContentType = runtime.ContentTypeJSON
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace))
	jobs := factory.Batch().V1().Jobs().Lister().Jobs(namespace)
	pods := factory.Core().V1().Pods().Lister().Pods(namespace)
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("the informer of %s has not synced", kind)
		}
	}
	fmt.Println("synced")

	job, err := client.BatchV1().Jobs(namespace).Create(ctx, helloJob(), metav1.CreateOptions{FieldValidation: "Strict"})
	if err != nil {
		return err
	}
	_, err = client.BatchV1().Jobs(namespace).Create(ctx, helloJob(), metav1.CreateOptions{})
	fmt.Println("created, and only once:", errors.IsAlreadyExists(err))

	var pod *corev1.Pod
	err = until(ctx, func() bool {
		found, _ := pods.List(labels.SelectorFromSet(job.Spec.Selector.MatchLabels))
		for _, pod = range found {
			return pod.Status.Phase != corev1.PodPending
		}
		return false
	})
	if err != nil {
		return err
	}
	fmt.Println("the informer knows the pod")

	logs, err := client.CoreV1().Pods(namespace).GetLogs(pod.Name, &corev1.PodLogOptions{Follow: true}).Stream(ctx)
	if err != nil {
		return err
	}
	defer logs.Close()
	if _, err = io.Copy(os.Stdout, logs); err != nil {
		return err
	}
	err = until(ctx, func() bool {
		job, err := jobs.Get("hello-go")
		return err == nil && job.Status.Succeeded == 1 && job.Status.CompletionTime != nil
	})
	if err != nil {
		return err
	}
	fmt.Println("the informer knows the end")

	patch := []byte(`{"metadata":{"labels":{"patched":"yes"}}}`)
	patched, err := client.BatchV1().Jobs(namespace).Patch(ctx, "hello-go", types.StrategicMergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		return err
	}
	stale := job.DeepCopy()
	_, err = client.BatchV1().Jobs(namespace).Update(ctx, stale, metav1.UpdateOptions{})
	fmt.Println("patched:", patched.Labels["patched"], "and what is stale is refused:", errors.IsConflict(err))
	err = retry.RetryOnConflict(retry.DefaultRetry, func() error {
		fresh, err := client.BatchV1().Jobs(namespace).Get(ctx, "hello-go", metav1.GetOptions{})
		if err != nil {
			return err
		}
		fresh.Annotations = map[string]string{"updated": "yes"}
		_, err = client.BatchV1().Jobs(namespace).Update(ctx, fresh, metav1.UpdateOptions{})
		return err
	})
	if err != nil {
		return err
	}
	err = until(ctx, func() bool {
		job, err := jobs.Get("hello-go")
		return err == nil && job.Annotations["updated"] == "yes"
	})
	if err != nil {
		return err
	}
	fmt.Println("updated")

	background := metav1.DeletePropagationBackground
	err = client.BatchV1().Jobs(namespace).Delete(ctx, "hello-go", metav1.DeleteOptions{
		PropagationPolicy: &background,
		Preconditions:     metav1.NewUIDPreconditions(string(job.UID)),
	})
	if err != nil {
		return err
	}
	err = until(ctx, func() bool {
		_, jobError := jobs.Get("hello-go")
		_, podError := pods.Get(pod.Name)
		return errors.IsNotFound(jobError) && errors.IsNotFound(podError)
	})
	if err != nil {
		return err
	}
	fmt.Println("deleted with its pod")
	return nil
}

func until(ctx context.Context, check func() bool) error {
	return wait.PollUntilContextCancel(ctx, 20*time.Millisecond, true, func(context.Context) (bool, error) { return check(), nil })
}

func helloJob() *batchv1.Job {
	backoffLimit := int32(0)
	container := corev1.Container{
		Name:    "main",
		Image:   "python:3.13-slim",
		Command: []string{"sh", "-c", "for i in 1 2 3; do echo line $i; sleep 0.2; done"},
	}
	return &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: "hello-go"},
		Spec: batchv1.JobSpec{
			BackoffLimit: &backoffLimit,
			Template: corev1.PodTemplateSpec{
				Spec: corev1.PodSpec{RestartPolicy: corev1.RestartPolicyNever, Containers: []corev1.Container{container}},
			},
		},
	}
}
