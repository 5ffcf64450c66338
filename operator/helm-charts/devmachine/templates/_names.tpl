{{/* The one label that ties an object to its machine: pods, the Service (and so its EndpointSlices), the disk, … */}}
{{- define "devmachine.machineLabel" -}}
ide.example.com/devmachine: {{ .Release.Name | quote }}
{{- end -}}

{{/* A Deployment's selector can never change: it is the machine's label and nothing that a later version might rename. */}}
{{- define "devmachine.selectorLabels" -}}
{{ include "devmachine.machineLabel" . }}
{{- end -}}

{{- define "devmachine.labels" -}}
app.kubernetes.io/name: devmachine
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/part-of: devmachine
{{ include "devmachine.machineLabel" . }}
{{- end -}}

{{- define "devmachine.diskName" -}}{{ .Release.Name }}-disk{{- end -}}
{{- define "devmachine.accessName" -}}{{ .Release.Name }}-access{{- end -}}

{{/*
Which spec an object was rendered from, as the API computes it too (src/devmachine/spec-digest.ts): only so can anyone see
whether the operator has followed a change. On the Deployment itself, never in the pod's template: that would restart pods.
*/}}
{{- define "devmachine.specDigest" -}}
{{- $spec := dict -}}
{{- range $key, $value := omit .Values "admin" -}}
{{- if $value -}}{{- $_ := set $spec $key $value -}}{{- end -}}
{{- end -}}
{{- $spec | toRawJson | sha256sum -}}
{{- end -}}
