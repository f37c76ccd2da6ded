;; A module with the face of a compiled policy (OPA's WebAssembly ABI 1.3)
;; that does on request what a policy must never do.  The second byte of the
;; input, a JSON string, says what.  A value is the address of its text.
(module
  (import "env" "memory" (memory 2))
  (import "env" "opa_abort" (func $abort (param i32)))
  (import "env" "opa_builtin1"
    (func $builtin1 (param i32 i32 i32) (result i32)))

  (global (export "opa_wasm_abi_version") i32 (i32.const 1))
  (global (export "opa_wasm_abi_minor_version") i32 (i32.const 3))
  (global $heap (mut i32) (i32.const 8192))
  (global $calls (mut i32) (i32.const 0))

  (data (i32.const 1024) "{\"time.clock\":0,\"net.cidr_expand\":1}\00")
  (data (i32.const 1280) "{\"sark/decision\":0}\00")
  (data (i32.const 1536) "[{\"result\":{\"allow\":true}}]\00")
  (data (i32.const 1792) "[]\00")
  (data (i32.const 2048) "something broke\00")
  (data (i32.const 2304) "[{\"result\":\"first call\"}]\00")
  (data (i32.const 2560) "5\00")
  (data (i32.const 2816) "\"10.0.0.0/16\"\00")
  (data (i32.const 3072) "{{{\00")
  (data (i32.const 3328) "[{\"result\":\"again\"}]\00")

  (func (export "builtins") (result i32) (i32.const 1024))
  (func (export "entrypoints") (result i32) (i32.const 1280))
  (func (export "opa_heap_ptr_get") (result i32) (global.get $heap))
  (func (export "opa_heap_ptr_set") (param i32)
    (global.set $heap (local.get 0)))

  ;; A little more than asked for, for the zero that parsing puts behind.
  (func $malloc (export "opa_malloc") (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $heap))
    (global.set $heap
      (i32.add (i32.add (global.get $heap) (local.get $size)) (i32.const 16)))
    (block $fits
      (loop $grow
        (br_if $fits (i32.lt_u (global.get $heap)
          (i32.mul (memory.size) (i32.const 65536))))
        (drop (memory.grow (i32.const 1)))
        (br $grow)))
    (local.get $at))

  (func $parse (param $at i32) (param $len i32) (result i32)
    (i32.store8 (i32.add (local.get $at) (local.get $len)) (i32.const 0))
    (local.get $at))
  (export "opa_json_parse" (func $parse))
  (export "opa_value_parse" (func $parse))
  (func $dump (param i32) (result i32) (local.get 0))
  (export "opa_json_dump" (func $dump))
  (export "opa_value_dump" (func $dump))

  (func $deeper (param i32) (result i32)
    (i32.add (call $deeper (i32.add (local.get 0) (i32.const 1)))
      (i32.const 1)))

  (func $for_ever
    (loop $again (br $again)))

  (func $eat
    (loop $again
      (drop (call $malloc (i32.const 65536)))
      (br $again)))

  (func $does (param $what i32) (param $letter i32) (result i32)
    (i32.eq (local.get $what) (local.get $letter)))

  ;; Whether a builtin gave a value: the good answer, else undefined.
  (func $called (param i32) (result i32)
    (select (i32.const 1536) (i32.const 1792) (local.get 0)))

  (func (export "opa_eval") (param i32 i32 i32) (param $input i32)
    (param i32 i32 i32) (result i32)
    (local $what i32)
    (local.set $what (i32.load8_u offset=1 (local.get $input)))
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (if (call $does (local.get $what) (i32.const 0x4c)) ;; L
      (then (call $for_ever)))
    (if (call $does (local.get $what) (i32.const 0x4d)) ;; M
      (then (call $eat)))
    (if (call $does (local.get $what) (i32.const 0x54)) ;; T
      (then (unreachable)))
    (if (call $does (local.get $what) (i32.const 0x44)) ;; D
      (then (drop (i32.div_u (i32.const 1) (i32.const 0)))))
    (if (call $does (local.get $what) (i32.const 0x4f)) ;; O
      (then (drop (i32.load (i32.const -8)))))
    (if (call $does (local.get $what) (i32.const 0x52)) ;; R
      (then (drop (call $deeper (i32.const 0)))))
    (if (call $does (local.get $what) (i32.const 0x41)) ;; A
      (then (call $abort (i32.const 2048))))
    (if (call $does (local.get $what) (i32.const 0x61)) ;; a
      (then (call $abort (i32.const -1))))
    (if (call $does (local.get $what) (i32.const 0x55)) ;; U
      (then (return (i32.const 1792))))
    (if (call $does (local.get $what) (i32.const 0x57)) ;; W
      (then (return (i32.const -1))))
    (if (call $does (local.get $what) (i32.const 0x30)) ;; 0
      (then (return (i32.const 0))))
    (if (call $does (local.get $what) (i32.const 0x42)) ;; B
      (then (return (call $called (call $builtin1
        (i32.const 0) (i32.const 0) (i32.const 2560))))))
    (if (call $does (local.get $what) (i32.const 0x53)) ;; S
      (then (return (call $called (call $builtin1
        (i32.const 1) (i32.const 0) (i32.const 2816))))))
    (if (call $does (local.get $what) (i32.const 0x58)) ;; X
      (then (return (call $called (call $builtin1
        (i32.const 77) (i32.const 0) (i32.const 2560))))))
    (if (call $does (local.get $what) (i32.const 0x50)) ;; P
      (then (return (call $called (call $builtin1
        (i32.const 0) (i32.const 0) (i32.const -4))))))
    (if (call $does (local.get $what) (i32.const 0x70)) ;; p
      (then (return (call $called (call $builtin1
        (i32.const 0) (i32.const 0) (i32.const 3072))))))
    (if (call $does (local.get $what) (i32.const 0x46)) ;; F
      (then (return (select (i32.const 2304) (i32.const 3328)
        (i32.eq (global.get $calls) (i32.const 1))))))
    (i32.const 1536)))
