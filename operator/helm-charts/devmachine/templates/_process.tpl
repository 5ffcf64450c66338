{{/*
The process of the machine: the user's command, or else the template's command with its guard, or else the image's command.
Call with the machine's context.

The IDEs do not reap processes whose parents have ended, so a process of the template must not be the first one of its
process namespace. In a shared namespace the pod's own first process reaps them. But the sidecars of s3 mounts have the
credentials of a bucket in their environment, which the machine could read there; then a small init is the first process
(files/init.sh).
*/}}
{{- define "devmachine.process" -}}
{{- $values := .root.Values -}}
{{- $machine := .machine -}}
{{- with $values.command }}
command:
  {{- include "devmachine.arguments" . | nindent 2 }}
{{- else }}
{{- if $machine.template }}
{{- $guard := ternary "proxy" "password" (eq $machine.guard "proxy") }}
command:
  {{- if include "devmachine.hasSidecars" . }}
  {{- $python := eq $machine.template.ide "jupyter" }}
  - {{ ternary "python3" "sh" $python }}
  - -c
  - {{ .root.Files.Get (ternary "files/init.py" "files/init.sh" $python) | replace "$" "$$" | quote }}
  {{- if not $python }}
  - init
  {{- end }}
  {{- end }}
  {{- range concat $machine.template.command (ternary list (get $machine.template.guard $guard) (gt (len $values.args) 0)) }}
  {{- $argument := . | replace "{port}" (int64 $machine.port | toString) | replace "{ide}" $machine.idePath }}
  - {{ $argument | replace "{home}" (replace "$" "$$" $machine.home) | quote }}
  {{- end }}
{{- end }}
{{- end }}
{{- with $values.args }}
args:
  {{- include "devmachine.arguments" . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* "true" if the chart starts the process and nothing in the pod must be hidden from it, otherwise empty. Call with the machine's context. */}}
{{- define "devmachine.sharesProcesses" -}}
{{- if and .machine.template (not .root.Values.command) (not (include "devmachine.hasSidecars" .)) }}true{{ end -}}
{{- end -}}

{{/* A list of strings. Unlike toYaml, quote escapes the characters that only some YAML parsers treat as line breaks. */}}
{{- define "devmachine.arguments" -}}
{{- range . }}
- {{ . | quote }}
{{- end }}
{{- end -}}
