package servers

import (
	"context"
	"io"

	remoteexecution "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/bazelbuild/remote-apis/build/bazel/semver"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"google.golang.org/grpc/encoding"
)

// newFront returns a server that passes all calls on, as they are. But it says of the
// server behind it that it speaks version 2.0 of the Remote Execution API: Bazel 7
// asks for that one, which casd, from 2.1 on, does not claim to speak, and does.
func newFront(conn *grpc.ClientConn, intercept func(method string) error) *grpc.Server {
	const limit = 64 << 20 // Bytes of a message; casd's is lower.
	server := grpc.NewServer(
		grpc.ForceServerCodecV2(passCodec{encoding.GetCodecV2(proto.Name)}),
		grpc.MaxRecvMsgSize(limit),
		grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error { return pass(conn, stream, intercept, limit) }),
	)
	remoteexecution.RegisterCapabilitiesServer(server, capabilities{client: remoteexecution.NewCapabilitiesClient(conn), intercept: intercept})
	return server
}

type capabilities struct {
	remoteexecution.UnimplementedCapabilitiesServer
	client    remoteexecution.CapabilitiesClient
	intercept func(method string) error
}

func (c capabilities) GetCapabilities(ctx context.Context, request *remoteexecution.GetCapabilitiesRequest) (*remoteexecution.ServerCapabilities, error) {
	if c.intercept != nil {
		if err := c.intercept(remoteexecution.Capabilities_GetCapabilities_FullMethodName); err != nil {
			return nil, err
		}
	}
	answer, err := c.client.GetCapabilities(ctx, request)
	if err != nil {
		return nil, err
	}
	answer.LowApiVersion = &semver.SemVer{Major: 2}
	return answer, nil
}

// pass passes a call on: what the client sends, and what the server answers.
func pass(conn *grpc.ClientConn, client grpc.ServerStream, intercept func(method string) error, limit int) error {
	method, ok := grpc.MethodFromServerStream(client)
	if !ok {
		return status.Error(codes.Internal, "a call without a method")
	}
	if intercept != nil {
		if err := intercept(method); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(client.Context())
	defer cancel()
	if sent, ok := metadata.FromIncomingContext(ctx); ok {
		ctx = metadata.NewOutgoingContext(ctx, sent.Copy())
	}
	server, err := conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, method,
		grpc.ForceCodecV2(passCodec{encoding.GetCodecV2(proto.Name)}), grpc.MaxCallRecvMsgSize(limit))
	if err != nil {
		return err
	}
	go func() {
		for {
			var message []byte
			if err := client.RecvMsg(&message); err != nil {
				if err == io.EOF {
					err = server.CloseSend()
				}
				if err != nil {
					cancel()
				}
				return
			}
			if err := server.SendMsg(&message); err != nil {
				return // The other direction has the error.
			}
		}
	}()
	for {
		var message []byte
		if err := server.RecvMsg(&message); err == io.EOF {
			client.SetTrailer(server.Trailer())
			return nil
		} else if err != nil {
			client.SetTrailer(server.Trailer())
			return err
		}
		if err := client.SendMsg(&message); err != nil {
			return err
		}
	}
}

// passCodec leaves messages that are to be passed on as they are.
type passCodec struct{ encoding.CodecV2 }

func (c passCodec) Marshal(v any) (mem.BufferSlice, error) {
	if message, ok := v.(*[]byte); ok {
		return mem.BufferSlice{mem.SliceBuffer(*message)}, nil
	}
	return c.CodecV2.Marshal(v)
}

func (c passCodec) Unmarshal(data mem.BufferSlice, v any) error {
	if message, ok := v.(*[]byte); ok {
		*message = data.Materialize()
		return nil
	}
	return c.CodecV2.Unmarshal(data, v)
}
