// Package remote proves on real servers what go_overlay says of remote caches and of
// remote execution: a machine takes everything from a cache that another one has
// filled, at whatever path, and every action can be executed elsewhere, with the same
// bytes for a result.
package remote
