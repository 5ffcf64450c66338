{{/*
The pod's security context: PodSecurity `restricted`, or `baseline` if the administrator allows root. Call with the machine's
context.
*/}}
{{- define "devmachine.podSecurity" -}}
{{- with .machine -}}
{{- if not .allowRoot -}}
runAsNonRoot: true
{{ if .template -}}
runAsUser: {{ int64 .uid }}
runAsGroup: {{ int64 .gid }}
{{ end -}}
{{- end -}}
{{- end -}}
{{- with include "devmachine.diskGroup" .root -}}
fsGroup: {{ . }}
{{- /* Do not change the owner of every file on the disk at each start. */}}
fsGroupChangePolicy: OnRootMismatch
{{- else -}}
supplementalGroups: [100, 1000]
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- $port := int64 .machine.port }}
{{- if and $port (lt $port 1024) }}
{{- /* Allows a non-root user to serve a port below 1024. */}}
sysctls:
  - name: net.ipv4.ip_unprivileged_port_start
    value: "0"
{{- end }}
{{- end -}}

{{- define "devmachine.containerSecurity" -}}
allowPrivilegeEscalation: false
{{- if not .allowRoot }}
capabilities:
  drop:
    - ALL
{{- end }}
{{- end -}}

{{/* The helper containers do not need root, even if the machine's image does. */}}
{{- define "devmachine.helperSecurity" -}}
allowPrivilegeEscalation: false
capabilities:
  drop:
    - ALL
runAsNonRoot: true
runAsUser: {{ int64 .uid }}
runAsGroup: {{ int64 .gid }}
{{- end -}}
