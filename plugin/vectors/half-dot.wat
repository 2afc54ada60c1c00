;; Dot product of float32 numbers and IEEE 754 halves, eight at a time.
;;
;; A half's bits, moved 13 places up, are those of a float32 whose exponent is 112 too small, subnormal numbers included. The
;; caller multiplies the float32 numbers by 2^112 instead of each half. Infinite halves and NaN do not come out as such.
(module
  (memory (export "memory") 1)

  (func (export "dot")
    (param $numbers i32) ;; address of the first float32 number
    (param $halves i32)  ;; address of the first half
    (param $end i32)     ;; address behind the last half: a whole number of eights
    (result f32)
    (local $eight v128)
    (local $sum0 v128)
    (local $sum1 v128)
    (loop $next
      (local.set $eight (v128.load (local.get $halves)))
      (local.set $sum0
        (f32x4.add (local.get $sum0)
          (f32x4.mul (v128.load (local.get $numbers))
            (v128.and (v128.const i32x4 0x8fffe000 0x8fffe000 0x8fffe000 0x8fffe000)
              (i32x4.shl (i32x4.extend_low_i16x8_s (local.get $eight)) (i32.const 13))))))
      (local.set $sum1
        (f32x4.add (local.get $sum1)
          (f32x4.mul (v128.load offset=16 (local.get $numbers))
            (v128.and (v128.const i32x4 0x8fffe000 0x8fffe000 0x8fffe000 0x8fffe000)
              (i32x4.shl (i32x4.extend_high_i16x8_s (local.get $eight)) (i32.const 13))))))
      (local.set $numbers (i32.add (local.get $numbers) (i32.const 32)))
      (local.set $halves (i32.add (local.get $halves) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $halves) (local.get $end))))
    (local.set $sum0 (f32x4.add (local.get $sum0) (local.get $sum1)))
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $sum0)) (f32x4.extract_lane 1 (local.get $sum0)))
      (f32.add (f32x4.extract_lane 2 (local.get $sum0)) (f32x4.extract_lane 3 (local.get $sum0))))))
