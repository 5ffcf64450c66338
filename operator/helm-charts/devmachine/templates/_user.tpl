{{/*
The user that runs a machine whose template brings the IDE, on any image: an init container of the same image and user
writes /etc/passwd and /etc/group. The IDE's own Node.js runs it, so the image needs no shell, and an image that cannot run
the IDE fails here, where the reason can be read from the container's log.
*/}}

{{/* Call with the machine's context. */}}
{{- define "devmachine.userContainer" -}}
- name: user
  {{- include "devmachine.machineImage" . | nindent 2 }}
  command:
    - {{ .machine.idePath }}/lib/node
    - -e
    - {{ .root.Files.Get "files/user.js" | replace "$" "$$" | quote }}
    - {{ include "devmachine.literal" .machine.home }}
    - /etc
    - /opt/devmachine/user
  env:
    {{- include "devmachine.noGpu" . | nindent 4 }}
  resources:
    {{- include "devmachine.resources" (merge (dict "devices" false) .) | nindent 4 }}
  securityContext:
    allowPrivilegeEscalation: false
    capabilities:
      drop:
        - ALL
  volumeMounts:
    - name: ide
      mountPath: {{ .machine.idePath }}
      readOnly: true
    - name: user
      mountPath: /opt/devmachine/user
  terminationMessagePolicy: FallbackToLogsOnError
{{- end -}}

{{- define "devmachine.userMounts" -}}
{{- range list "passwd" "group" }}
- name: user
  mountPath: /etc/{{ . }}
  subPath: {{ . }}
  readOnly: true
{{- end }}
{{- end -}}
