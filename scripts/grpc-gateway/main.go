// A grpc-gateway of the real kind for k8s-cli's services, to compare the bridge with. It listens on a free port of loopback and
// says which on its first line.
//
//	gateway HOST:PORT              in front of a gRPC port
//	gateway HOST:PORT USER TASK    in front of handlers in this process, which answer what that port answers now
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	k8scliv1 "k8scli.example/gateway/gen/k8scli/v1"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	// The details of errors, which the gateway cannot show without their types.
	_ "google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"
)

// passedOn lets the two headers of the API through, besides those that the gateway knows.
func passedOn(name string) (string, bool) {
	if strings.EqualFold(name, "X-User") || strings.EqualFold(name, "Last-Event-ID") {
		return strings.ToLower(name), true
	}
	return runtime.DefaultHeaderMatcher(name)
}

func main() {
	if len(os.Args) != 2 && len(os.Args) != 4 {
		log.Fatal("usage: gateway HOST:PORT [USER TASK]")
	}
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	mux := runtime.NewServeMux(
		runtime.WithIncomingHeaderMatcher(passedOn),
		runtime.WithMarshalerOption(runtime.MIMEWildcard, &runtime.HTTPBodyMarshaler{Marshaler: &runtime.JSONPb{
			MarshalOptions:   protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true},
			UnmarshalOptions: protojson.UnmarshalOptions{DiscardUnknown: false},
		}}),
	)
	if len(os.Args) == 2 {
		err = inFront(mux, connection)
	} else {
		err = inProcess(mux, connection, os.Args[2], os.Args[3])
	}
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("ready at http://%s\n", listener.Addr())
	log.Fatal(http.Serve(listener, mux))
}

// inFront passes all calls on to the connection.
func inFront(mux *runtime.ServeMux, connection *grpc.ClientConn) error {
	for _, register := range []func(context.Context, *runtime.ServeMux, *grpc.ClientConn) error{
		k8scliv1.RegisterSystemServiceHandler,
		k8scliv1.RegisterTaskServiceHandler,
		k8scliv1.RegisterVolumeServiceHandler,
	} {
		if err := register(context.Background(), mux, connection); err != nil {
			return err
		}
	}
	return nil
}
