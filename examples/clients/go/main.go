// Command run-task submits a task file, follows its log and ends with the task's result.
//
//	go run . -server localhost:8000 -user ada ../../hello.yaml
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	pb "k8s-cli/gen/go/k8scli/v1"
)

func main() {
	server := flag.String("server", "localhost:8000", "host and port of the server")
	user := flag.String("user", os.Getenv("USER"), "who submits")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: run-task [-server HOST:PORT] [-user NAME] TASK_FILE")
		os.Exit(2)
	}
	// Ctrl+C ends the following, not the task.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code, err := run(ctx, *server, *user, flag.Arg(0))
	stop()
	if err != nil {
		explain(err)
		os.Exit(1)
	}
	os.Exit(code)
}

func run(ctx context.Context, server, user, path string) (int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	connection, err := grpc.NewClient(server, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return 0, err
	}
	defer connection.Close()
	ctx = metadata.AppendToOutgoingContext(ctx, "x-user", user)
	tasks := pb.NewTaskServiceClient(connection)
	submitted, err := submit(ctx, tasks, string(text))
	if err != nil {
		return 0, err
	}
	fmt.Fprintln(os.Stderr, submitted.GetMessage())
	task, err := follow(ctx, tasks, submitted.GetTaskId())
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(os.Stderr, "Task %s %s\n", task.GetTaskId(), task.GetStatus())
	return exitCode(task), nil
}

// exitCode is the exit code of the node that failed first, as the command line has it.
func exitCode(task *pb.TaskStatus) int {
	switch task.GetState() {
	case pb.TaskState_COMPLETED:
		return 0
	case pb.TaskState_STOPPED:
		return 122
	}
	code, first := 1, int64(0)
	for _, node := range task.GetNodes() {
		ended := node.GetFinishedAt().AsTime().UnixNano()
		if node.GetExitCode() != 0 && (first == 0 || ended < first) {
			code, first = int(node.GetExitCode()), ended
		}
	}
	return code
}
