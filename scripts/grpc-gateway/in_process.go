package main

import (
	"context"

	k8scliv1 "k8scli.example/gateway/gen/k8scli/v1"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// recorded answers for one task of one user, from memory.
type recorded struct {
	k8scliv1.UnimplementedTaskServiceServer
	user    string
	task    *k8scliv1.TaskStatus
	stopped *k8scliv1.StopTaskResponse
}

// inProcess registers handlers that answer what the connection answers now.
func inProcess(mux *runtime.ServeMux, connection *grpc.ClientConn, user, task string) error {
	client := k8scliv1.NewTaskServiceClient(connection)
	ctx := metadata.AppendToOutgoingContext(context.Background(), "x-user", user)
	shown, err := client.GetTask(ctx, &k8scliv1.GetTaskRequest{TaskId: task})
	if err != nil {
		return err
	}
	stopped, err := client.StopTask(ctx, &k8scliv1.StopTaskRequest{TaskId: task})
	if err != nil {
		return err
	}
	return k8scliv1.RegisterTaskServiceHandlerServer(ctx, mux, &recorded{user: user, task: shown, stopped: stopped})
}

func (r *recorded) GetTask(ctx context.Context, request *k8scliv1.GetTaskRequest) (*k8scliv1.TaskStatus, error) {
	return r.task, r.check(ctx, request.GetTaskId())
}

func (r *recorded) StopTask(ctx context.Context, request *k8scliv1.StopTaskRequest) (*k8scliv1.StopTaskResponse, error) {
	return r.stopped, r.check(ctx, request.GetTaskId())
}

// check lets the user see the task, and nobody anything else.
func (r *recorded) check(ctx context.Context, task string) error {
	headers, _ := metadata.FromIncomingContext(ctx)
	if users := headers.Get("x-user"); len(users) != 1 || users[0] != r.user {
		return status.Error(codes.Unauthenticated, "who are you?")
	}
	if task != r.task.GetTaskId() {
		return status.Errorf(codes.NotFound, "there is no task %s", task)
	}
	return nil
}
