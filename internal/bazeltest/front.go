package bazeltest

import (
	"context"
	"io"

	remoteexecution "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/bazelbuild/remote-apis/build/bazel/semver"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// newFront returns a server that passes all calls on, as they are, unless intercept
// has an error for them. But it says of the server behind it that it speaks version
// 2.0 of the Remote Execution API: Bazel 7 asks for that one, which casd, from 2.1 on,
// does not claim to speak, and does.
func newFront(conn *grpc.ClientConn, intercept func(method string) error) *grpc.Server {
	const limit = 64 << 20 // Bytes of a message; casd's is lower.
	server := grpc.NewServer(
		grpc.ForceServerCodecV2(passCodec{encoding.GetCodecV2(proto.Name)}),
		grpc.MaxRecvMsgSize(limit),
		grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error { return pass(conn, stream, limit) }),
		grpc.StreamInterceptor(func(service any, stream grpc.ServerStream, call *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
			if err := intercept(call.FullMethod); err != nil {
				return err
			}
			return handle(service, stream)
		}),
		grpc.UnaryInterceptor(func(ctx context.Context, request any, call *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
			if err := intercept(call.FullMethod); err != nil {
				return nil, err
			}
			return handle(ctx, request)
		}),
	)
	remoteexecution.RegisterCapabilitiesServer(server, capabilities{client: remoteexecution.NewCapabilitiesClient(conn)})
	return server
}

type capabilities struct {
	remoteexecution.UnimplementedCapabilitiesServer
	client remoteexecution.CapabilitiesClient
}

func (c capabilities) GetCapabilities(ctx context.Context, request *remoteexecution.GetCapabilitiesRequest) (*remoteexecution.ServerCapabilities, error) {
	answer, err := c.client.GetCapabilities(ctx, request)
	if err != nil {
		return nil, err
	}
	answer.LowApiVersion = &semver.SemVer{Major: 2}
	return answer, nil
}

// pass passes a call on: what the client sends, and what the server answers.
func pass(conn *grpc.ClientConn, client grpc.ServerStream, limit int) error {
	method, ok := grpc.MethodFromServerStream(client)
	if !ok {
		return status.Error(codes.Internal, "a call without a method")
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
