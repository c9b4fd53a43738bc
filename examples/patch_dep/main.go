// Command app shows what two third-party packages do, patched or not: what IDs
// uuid makes, and how often client-go tries an update that always conflicts.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"

	"github.com/google/uuid"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/retry"
)

// conflictingCluster answers every request as an API server does where another
// client was faster.
type conflictingCluster struct{ requests int }

func (c *conflictingCluster) RoundTrip(request *http.Request) (*http.Response, error) {
	c.requests++
	return &http.Response{
		StatusCode: http.StatusConflict,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(
			`{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Conflict", "code": 409}`,
		)),
		Request: request,
	}, nil
}

func main() {
	cluster := &conflictingCluster{}
	clientset, err := kubernetes.NewForConfig(&rest.Config{
		Host:      "http://cluster.example",
		Transport: cluster,
	})
	if err != nil {
		log.Fatal(err)
	}
	err = retry.RetryOnConflict(retry.DefaultRetry, func() error {
		settings := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "settings"}}
		_, err := clientset.CoreV1().ConfigMaps("default").Update(context.Background(), settings, metav1.UpdateOptions{})
		return err
	})
	if !errors.IsConflict(err) {
		log.Fatalf("update: got %v, want a conflict", err)
	}

	fmt.Println("uuid: made", uuid.New())
	fmt.Println("client-go: gave up after", cluster.requests, "tries")
}
