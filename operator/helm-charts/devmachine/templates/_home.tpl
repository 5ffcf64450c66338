{{/*
The disk hides the home directory of the image. So an init container of the same image and user copies that to a new, empty
disk, once (files/home.js). The IDE's own Node.js runs it, or the Python of an image that contains the IDE.
*/}}

{{/*
"true" if the disk was new when a template first used it; otherwise empty. The claim remembers it in an annotation, because an
empty disk of an earlier version of this chart is not new: somebody has emptied it. Call with the root.
*/}}
{{- define "devmachine.diskIsForHome" -}}
{{- $claim := include "devmachine.claim" . | fromJson -}}
{{- if eq (dig "status" "phase" "" $claim) "Bound" -}}
{{- if eq (dig "metadata" "annotations" "ide.example.com/seed-home" "" $claim) "true" }}true{{ end -}}
{{- else if .Values.template -}}
{{- include "devmachine.switch" (list (include "devmachine.admin" . | fromJson) "seedHome") -}}
{{- end -}}
{{- end -}}

{{/*
"true" if the pod has the init container, otherwise empty. An image that starts no JupyterLab, but a command of the user, may
have no Python. Call with the machine's context.
*/}}
{{- define "devmachine.seedsHome" -}}
{{- $hasInterpreter := and .machine.template (or .machine.template.bringsIde (not .machine.ownServer)) -}}
{{- if and .root.Values.storage $hasInterpreter (include "devmachine.diskIsForHome" .root) -}}
{{- include "devmachine.switch" (list .machine.admin "seedHome") -}}
{{- end -}}
{{- end -}}

{{/* Call with the machine's context. */}}
{{- define "devmachine.homeContainer" -}}
{{- $bringsIde := .machine.template.bringsIde -}}
{{- $script := .root.Files.Get (ternary "files/home.js" "files/home.py" $bringsIde) | replace "$" "$$" -}}
- name: home
  {{- include "devmachine.machineImage" . | nindent 2 }}
  command:
    {{- if $bringsIde }}
    - {{ .machine.idePath }}/lib/node
    - -e
    {{- else }}
    - python3
    - -I
    - -c
    {{- end }}
    - {{ $script | quote }}
    - {{ .machine.template.home | quote }}
    - /etc/passwd
    - /opt/devmachine/disk
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
    {{- if $bringsIde }}
    - name: ide
      mountPath: {{ .machine.idePath }}
      readOnly: true
    {{- end }}
    - name: disk
      mountPath: /opt/devmachine/disk
  terminationMessagePolicy: FallbackToLogsOnError
{{- end -}}
