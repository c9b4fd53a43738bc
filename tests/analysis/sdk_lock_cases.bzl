"""Lock files of Go SDKs, of which each is refused, or is not, by toolchains/private/sdk/sdk_lock.bzl and by
tools/overlay/internal/sdklock alike."""

visibility("private")

# JSON, for a Go test reads it here: content of a lock file, with ENTRY for an entry that is right, and what
# is wrong with it, in words of Starlark and of Go.
SDK_LOCK_CASES = r"""[
  ["{\"lock_version\": 1, \"sdks\": {}}", "", ""],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {}}}", "", ""],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26rc1\": {\"linux_amd64\": ENTRY}, \"1.20\": {\"js_wasm\": ENTRY}}}", "", ""],
  ["{\"sdks\": {\"1.26.8\": {\"linux_amd64\": ENTRY}},\r\n\t\"lock_version\": 1}\r\n", "", ""],

  ["", "this is no JSON", "expected JSON as this command writes it"],
  ["{", "this is no JSON", "unexpected end of JSON input"],
  ["{\"lock_version\": 1, \"sdks\": {}} {}", "this is no JSON", "after top-level value"],
  ["<<<<<<< HEAD\n{\"lock_version\": 1, \"sdks\": {}}", "this is no JSON", "expected JSON as this command writes it"],
  ["[]", "expected a lock file of Go SDKs", "cannot unmarshal array"],
  ["{}", "expected a lock file of Go SDKs", "expected lock_version 1, found none"],
  ["{\"lock_version\": 2, \"packages\": []}", "lock_version is 2", "expected lock_version 1, found 2"],
  ["{\"lock_version\": \"1\", \"sdks\": {}}", "lock_version is \"1\"", "expected lock_version 1, found \"1\""],
  ["{\"lock_version\": 1.0, \"sdks\": {}}", "lock_version is 1.0", "expected lock_version 1, found 1.0"],
  ["{\"lock_version\": true, \"sdks\": {}}", "lock_version is true", "expected lock_version 1, found true"],
  ["{\"lock_version\": 1, \"sdks\": {}, \"more\": 1}", "unknown field \"more\"", "unknown field \"more\""],
  ["{\"lock_version\": 1, \"SDKs\": {}}", "unknown field \"SDKs\"", "unknown field \"SDKs\""],
  ["{\"lock_version\": 1}", "sdks is missing", "sdks is missing"],
  ["{\"lock_version\": 1, \"sdks\": null}", "sdks: expected an object, found null", "sdks: expected an object, found <nil>"],
  ["{\"lock_version\": 1, \"sdks\": []}", "sdks: expected an object, found []", "sdks: expected an object, found ["],
  ["{\"lock_version\": 1, \"sdks\": {}, \"sdks\": {}}", "two members of the same name", "the lock file has \"sdks\" twice"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {}, \"1.26.8\": {}}}", "two members of the same name", "sdks has \"1.26.8\" twice"],

  ["{\"lock_version\": 1, \"sdks\": {\"1.26\": {}}}", "is a version of the language", "is a version of the language"],
  ["{\"lock_version\": 1, \"sdks\": {\"1\": {}}}", "\"1\" is no Go version", "expected a version of Go"],
  ["{\"lock_version\": 1, \"sdks\": {\"\": {}}}", "\"\" is no Go version", "expected a version of Go"],
  ["{\"lock_version\": 1, \"sdks\": {\"go1.26.8\": {}}}", "\"go1.26.8\" is no Go version", "expected the version \"1.26.8\", found \"go1.26.8\""],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8 \": {}}}", "\"1.26.8 \" is no Go version", "expected a version of Go"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.026.8\": {}}}", "\"1.026.8\" is no Go version", "expected a version of Go"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8rc1\": {}}}", "\"1.26.8rc1\" is no Go version", "expected a version of Go"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26rc01\": {}}}", "\"1.26rc01\" is no Go version", "expected a version of Go"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8-mine\": {}}}", "\"1.26.8-mine\" is no Go version", "expected a version of Go"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": []}}", "1.26.8: expected an object, found []", "1.26.8: expected an object, found ["],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"linux\": ENTRY}}}", "expected a platform such as linux_amd64", "expected a platform such as linux_amd64"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"linux/amd64\": ENTRY}}}", "expected a platform such as linux_amd64", "expected the platform \"linux_amd64\""],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"Linux_amd64\": ENTRY}}}", "expected a platform such as linux_amd64", "expected a platform such as linux_amd64"],

  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"linux_amd64\": null}}}", "1.26.8 linux_amd64: expected h1 and sha256, found null", "1.26.8 linux_amd64: expected an object, found <nil>"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"linux_amd64\": {}}}}", "expected h1 and sha256, found {}", "expected h1 and sha256"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"linux_amd64\": {\"h1\": \"\"}}}}", "expected h1 and sha256", "expected h1 and sha256"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"linux_amd64\": {\"sha512\": \"\"}}}}", "expected h1 and sha256", "1.26.8 linux_amd64: unknown field \"sha512\""],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"linux_amd64\": {\"h1\": 1, \"sha256\": \"SHA256\"}}}}", "h1 is 1, expected h1:", "h1 is 1, expected h1:"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"linux_amd64\": {\"h1\": \"H1\", \"sha256\": null}}}}", "sha256 is null, expected 64", "sha256 is null, expected 64"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"linux_amd64\": {\"h1\": \"old\", \"sha256\": \"SHA256\"}}}}", "h1 is \"old\", expected h1:", "h1 is \"old\", expected h1:"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"linux_amd64\": {\"h1\": \"H1 \", \"sha256\": \"SHA256\"}}}}", "44 characters of base64", "44 characters of base64"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"linux_amd64\": {\"h1\": \"h1:!AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\", \"sha256\": \"SHA256\"}}}}", "44 characters of base64", "44 characters of base64"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"linux_amd64\": {\"h1\": \"H1\", \"sha256\": \"SHA25\"}}}}", "sha256 is \"SHA25\", expected 64 hex digits", "sha256 is \"SHA25\", expected 64 hex digits"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"linux_amd64\": {\"h1\": \"H1\", \"sha256\": \"ASHA256\"}}}}", "64 hex digits", "64 hex digits"],
  ["{\"lock_version\": 1, \"sdks\": {\"1.26.8\": {\"linux_amd64\": {\"h1\": \"H1\", \"h1\": \"H1\", \"sha256\": \"SHA256\"}}}}", "two members of the same name", "1.26.8 linux_amd64 has \"h1\" twice"]
]"""
