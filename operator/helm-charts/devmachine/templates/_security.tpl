{{/* The pod's security context: PodSecurity `restricted`, or `baseline` if the administrator allows root. */}}
{{- define "devmachine.podSecurity" -}}
{{- if not .allowRoot -}}
runAsNonRoot: true
{{ if .template -}}
runAsUser: {{ int64 .uid }}
runAsGroup: {{ int64 .gid }}
{{ end -}}
{{- end -}}
fsGroup: {{ int64 .gid }}
{{- /* Do not change the owner of every file on the disk at each start. */}}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- if and (int64 .port) (lt (int64 .port) 1024) }}
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
