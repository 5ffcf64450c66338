{{/* The template of the machine's pod. Call with the machine's context (devmachine.context). */}}
{{- define "devmachine.podTemplate" -}}
{{- $values := .root.Values -}}
{{- $machine := .machine -}}
{{- $initContainers := include "devmachine.initContainers" . | trim -}}
metadata:
  labels:
    {{- include "devmachine.labels" .root | nindent 4 }}
    ide.example.com/guard: {{ $machine.guard }}
    {{- include "devmachine.added" (include "devmachine.addedMetadata" $machine.admin | fromJson).labels | nindent 4 }}
  annotations:
    {{- include "devmachine.podAnnotations" . | nindent 4 }}
spec:
  hostname: {{ .root.Release.Name | quote }}
  serviceAccountName: {{ .root.Release.Name | quote }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- if include "devmachine.sharesProcesses" . }}
  shareProcessNamespace: true
  {{- end }}
  securityContext:
    {{- include "devmachine.podSecurity" . | nindent 4 }}
  {{- /* Time to write the remaining changes back to a bucket. */}}
  terminationGracePeriodSeconds: {{ ternary 300 30 (eq (include "devmachine.hasSidecars" .) "true") }}
  {{- /* A new pod gets no node before the previous one has ended, on any node: they would write to the same disk.
         The strategy Recreate does not cover a stop that is followed by a start, or a machine that is created again. */}}
  affinity:
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        - topologyKey: kubernetes.io/os
          labelSelector:
            matchLabels:
              {{- include "devmachine.selectorLabels" .root | nindent 14 }}
  {{- if gt (int64 $values.gpu) 0 }}
  {{- with get $machine.admin "gpuRuntimeClassName" }}
  runtimeClassName: {{ . | quote }}
  {{- end }}
  {{- end }}
  {{- with $values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations:
    {{- range . }}
    {{- $toleration := deepCopy . }}
    {{- if hasKey . "tolerationSeconds" }}
    {{- $_ := set $toleration "tolerationSeconds" (int64 .tolerationSeconds) }}
    {{- end }}
    - {{- toYaml $toleration | nindent 6 }}
    {{- end }}
  {{- end }}
  {{- with $initContainers }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    {{- include "devmachine.container" . | nindent 4 }}
  {{- with include "devmachine.volumes" . | trim }}
  volumes:
    {{- . | nindent 4 }}
  {{- end }}
{{- end -}}
