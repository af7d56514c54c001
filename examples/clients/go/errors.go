package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// errCut says that a stream ended before its summary.
var errCut = errors.New("the log stream was cut")

// explain prints an error with all that its details say.
func explain(err error) {
	failure, ok := status.FromError(err)
	if !ok {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Fprintf(os.Stderr, "%s: %s\n", failure.Code(), failure.Message())
	for _, detail := range failure.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			fmt.Fprintf(os.Stderr, "reason: %s\n", detail.GetReason())
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				fmt.Fprintf(os.Stderr, "field %s: %s\n", violation.GetField(), violation.GetDescription())
			}
		case *errdetails.ResourceInfo:
			fmt.Fprintf(os.Stderr, "resource: %s %s\n", detail.GetResourceType(), detail.GetResourceName())
		case *errdetails.RetryInfo:
			fmt.Fprintf(os.Stderr, "retry in: %s\n", detail.GetRetryDelay().AsDuration())
		}
	}
}

// retryDelay is how long to wait before a call is made again; 0 when that would not help.
func retryDelay(err error) time.Duration {
	failure, ok := status.FromError(err)
	if errors.Is(err, errCut) {
		return 2 * time.Second
	}
	if !ok || failure.Code() != codes.Unavailable {
		return 0
	}
	for _, detail := range failure.Details() {
		if retry, ok := detail.(*errdetails.RetryInfo); ok {
			return retry.GetRetryDelay().AsDuration()
		}
	}
	return 2 * time.Second
}
