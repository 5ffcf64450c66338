{{/* The label that associates every object with its machine: pods, the Service (and through it EndpointSlices), the disk, … */}}
{{- define "devmachine.machineLabel" -}}
ide.example.com/devmachine: {{ .Release.Name | quote }}
{{- end -}}

{{/* A Deployment's selector is immutable, so it has only the machine's label and nothing that a later version may rename. */}}
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
The uid of the DevMachine; empty for a release that somebody installs without one. What outlives the machine records it: so a
machine that takes over the disk and the password of an earlier one changes their versions before it has a pod, and whoever
deletes a disk that nothing uses can tell (src/kube/objects/delete-disk.ts). Call with the root.
*/}}
{{- define "devmachine.uid" -}}
{{- if not (hasKey . "devmachineUid") -}}
{{- $object := lookup "ide.example.com/v1alpha1" "DevMachine" .Release.Namespace .Release.Name | default dict -}}
{{- $_ := set . "devmachineUid" (dig "metadata" "uid" "" $object) -}}
{{- end -}}
{{- .devmachineUid -}}
{{- end -}}

{{/*
The digest of the spec that an object was rendered from. The backend computes the same digest
(src/devmachine/status/spec-digest.ts) to find out whether the operator has applied a change. It belongs on the Deployment;
in the pod template it would restart pods.
*/}}
{{- define "devmachine.specDigest" -}}
{{- $spec := dict -}}
{{- range $key, $value := omit .Values "admin" -}}
{{- if $value -}}{{- $_ := set $spec $key $value -}}{{- end -}}
{{- end -}}
{{- $spec | toRawJson | sha256sum -}}
{{- end -}}
