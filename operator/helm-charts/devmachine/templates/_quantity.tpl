{{/* A Kubernetes quantity as a number, to compare sizes: "1Gi" is 1.073741824e+09. */}}
{{- define "devmachine.number" -}}
{{- $text := toString . -}}
{{- $digits := regexFind `^[0-9]*\.?[0-9]*` $text -}}
{{- $suffix := trimPrefix $digits $text -}}
{{- $factors := dict
  "" "1" "n" "1e-9" "u" "1e-6" "m" "1e-3" "k" "1e3" "M" "1e6" "G" "1e9" "T" "1e12" "P" "1e15" "E" "1e18"
  "Ki" "1024" "Mi" "1048576" "Gi" "1073741824" "Ti" "1099511627776" "Pi" "1125899906842624" "Ei" "1152921504606846976"
-}}
{{- if hasKey $factors $suffix -}}
{{- mulf (float64 $digits) (float64 (get $factors $suffix)) -}}
{{- else -}}
{{- float64 (print $digits $suffix) -}}
{{- end -}}
{{- end -}}
