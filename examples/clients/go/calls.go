package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	pb "k8s-cli/gen/go/k8scli/v1"
)

// attempts is how often a call is made before it is given up.
const attempts = 5

// submit submits the text of a task file. With a request id it may be repeated: the task is submitted once.
func submit(ctx context.Context, tasks pb.TaskServiceClient, text string) (*pb.SubmitTaskResponse, error) {
	request := &pb.SubmitTaskRequest{TaskYaml: text, RequestId: rand.Text()}
	for attempt := 1; ; attempt++ {
		response, err := tasks.SubmitTask(ctx, request)
		if err == nil {
			return response, nil
		}
		if wait := retryDelay(err); wait == 0 || attempt == attempts || !sleep(ctx, wait) {
			return nil, err
		}
	}
}

// follow prints a task's log until all its nodes have ended. A lost connection is made again, behind what was printed.
func follow(ctx context.Context, tasks pb.TaskServiceClient, taskID string) (*pb.TaskStatus, error) {
	request := &pb.StreamTaskLogsRequest{TaskId: taskID}
	for attempt := 1; ; attempt++ {
		before := request.ResumeToken
		task, err := stream(ctx, tasks, request)
		if task != nil {
			return task, nil
		}
		if request.ResumeToken != before {
			attempt = 1
		}
		if wait := retryDelay(err); wait == 0 || attempt == attempts || !sleep(ctx, wait) {
			return nil, err
		}
	}
}

// stream prints what comes over one connection, and keeps in the request where to go on. Without an error it returns the task
// as it ended.
func stream(ctx context.Context, tasks pb.TaskServiceClient, request *pb.StreamTaskLogsRequest) (*pb.TaskStatus, error) {
	messages, err := tasks.StreamTaskLogs(ctx, request)
	if err != nil {
		return nil, err
	}
	for {
		message, err := messages.Recv()
		if errors.Is(err, io.EOF) {
			return nil, errCut
		}
		if err != nil {
			return nil, err
		}
		for _, entry := range message.GetEntries() {
			write(entry)
		}
		if token := message.GetResumeToken(); token != "" {
			request.ResumeToken = token
		}
		if summary := message.GetSummary(); summary != nil {
			for _, node := range summary.GetNodes() {
				if reason := node.GetIncompleteReason(); reason != "" {
					fmt.Fprintf(os.Stderr, "the log of node %d is not complete: %s\n", node.GetNode(), reason)
				}
			}
			return summary.GetTask(), nil
		}
	}
}

func write(entry *pb.TaskLogEntry) {
	if entry.GetPartial() {
		fmt.Printf("%s%s", entry.GetText(), entry.GetRaw())
	} else {
		fmt.Printf("%s%s\n", entry.GetText(), entry.GetRaw())
	}
}

// sleep waits; false when the context ended first.
func sleep(ctx context.Context, wait time.Duration) bool {
	fmt.Fprintf(os.Stderr, "trying again in %s\n", wait)
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
		return true
	}
}
