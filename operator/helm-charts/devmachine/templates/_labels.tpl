{{/*
The administrator's labels and annotations of pods, claims and the Deployment, as JSON: {labels, annotations}. Call with the
administrator's settings.
*/}}
{{- define "devmachine.addedMetadata" -}}
{{- dict
  "labels" (include "devmachine.mapping" (list . "labels") | fromJson)
  "annotations" (include "devmachine.mapping" (list . "annotations") | fromJson)
  | toRawJson -}}
{{- end -}}

{{/* Labels or annotations as YAML, without those that this chart or Helm sets itself. Call with the mapping. */}}
{{- define "devmachine.added" -}}
{{- $lines := list -}}
{{- range $key, $value := . -}}
{{- if not (regexMatch `^((ide\.example\.com|helm\.sh|meta\.helm\.sh)/|app\.kubernetes\.io/(name|instance|managed-by|part-of)$)` $key) -}}
{{- $lines = append $lines (printf "%s: %s" (quote $key) (quote $value)) -}}
{{- end -}}
{{- end -}}
{{- join "\n" $lines -}}
{{- end -}}

{{/* A pod's annotations. Without safe-to-evict, a cluster autoscaler could end a machine to save a node. Call with the machine's context. */}}
{{- define "devmachine.podAnnotations" -}}
{{- with .root.Values.restartedAt -}}
ide.example.com/restarted-at: {{ . | quote }}
{{ end -}}
{{- $added := (include "devmachine.addedMetadata" .machine.admin | fromJson).annotations -}}
{{- include "devmachine.added" (merge $added (dict "cluster-autoscaler.kubernetes.io/safe-to-evict" "false")) -}}
{{- end -}}
