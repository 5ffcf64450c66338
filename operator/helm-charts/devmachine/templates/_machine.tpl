{{/* The machine's template from the catalogue as JSON; an empty object without a template. */}}
{{- define "devmachine.template" -}}
{{- if .Values.template -}}
{{- $catalogue := .Files.Get "files/templates.yaml" | fromYaml -}}
{{- if not (hasKey $catalogue .Values.template) -}}
{{- fail (printf "There is no template %q. Templates: %s." .Values.template (keys $catalogue | sortAlpha | join ", ")) -}}
{{- end -}}
{{- get $catalogue .Values.template | toJson -}}
{{- else -}}
{}
{{- end -}}
{{- end -}}

{{/*
The machine that results from the spec, the template and the administrator's settings, as JSON:

  image, home, port   empty or 0 if there is none; home is the home directory of a template
  ownServer           whether the user starts the server on the port: no template, or a command of the user
  guard               what authenticates users of a machine that is started now: password, proxy (the administrator's), or
                      own (the image must do it)
  portName            of the container's port, see _service.tpl
  uid, gid            of the helper containers and, with a template, of the machine
*/}}
{{- define "devmachine.machine" -}}
{{- $admin := include "devmachine.admin" . | fromJson -}}
{{- $template := include "devmachine.template" . | fromJson -}}
{{- $storage := .Values.storage | default dict -}}
{{- $ownServer := or (not $template) .Values.command .Values.args | not | not -}}
{{- $guard := ternary "own" "password" $ownServer -}}
{{- if and .Values.ingressDomain (include "devmachine.switch" (list $admin "authProxy")) -}}
{{- $guard = "proxy" -}}
{{- end -}}
{{- $user := $template.user | default (dict "uid" 1000 "gid" 1000) -}}
{{- dict
  "admin" $admin
  "template" $template
  "image" (.Values.image | default $template.image)
  "home" (ternary (get $storage "mountPath" | default $template.home) "" (ne (len $template) 0))
  "diskPath" (get $storage "mountPath" | default $template.home | default "/workspace")
  "port" (.Values.port | default $template.port | default 0 | int64)
  "ownServer" $ownServer
  "guard" $guard
  "portName" (print "http-" $guard)
  "passwordVariable" ($template.passwordVariable | default "DEVMACHINE_PASSWORD")
  "uid" (int64 $user.uid)
  "gid" (int64 $user.gid)
  "allowRoot" (ne (include "devmachine.switch" (list $admin "allowRoot")) "")
  "keepDisk" (and .Values.storage (ne (get $storage "retention" | default "Retain") "Delete") | not | not)
  "idePath" "/opt/devmachine/ide"
  | toJson -}}
{{- end -}}
