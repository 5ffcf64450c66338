{{/* The pod: PodSecurity `restricted`, or `baseline` where the administrator allows root for images that need it. */}}
{{- define "devmachine.podSecurity" -}}
{{- if not .allowRoot -}}
runAsNonRoot: true
{{ if .template -}}
runAsUser: {{ int64 .uid }}
runAsGroup: {{ int64 .gid }}
{{ end -}}
{{- end -}}
fsGroup: {{ int64 .gid }}
# A full disk is not walked through at every start.
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- if and (int64 .port) (lt (int64 .port) 1024) }}
# Lets a user who is not root serve a port below 1024.
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

{{/* Containers of our own making need no root, whatever the machine's image needs. */}}
{{- define "devmachine.helperSecurity" -}}
allowPrivilegeEscalation: false
capabilities:
  drop:
    - ALL
runAsNonRoot: true
runAsUser: {{ int64 .uid }}
runAsGroup: {{ int64 .gid }}
{{- end -}}
