{{/* The containers of the machine's pod. Call with (dict "root" $ "machine" $machine "namespace" $.Release.Namespace). */}}

{{- define "devmachine.initContainers" -}}
{{- $context := . -}}
{{- if .machine.template.bringsIde }}
{{- /* The IDE comes from its own image, so that the machine can use any image with glibc. */}}
- name: ide
  image: {{ .machine.admin.ideImage | quote }}
  command: [cp, -R, /usr/lib/code-server/., {{ .machine.idePath }}]
  {{- /* Not more than the machine requests, because quotas count init containers, too. */}}
  resources:
    {{- include "devmachine.resources" (merge (dict "gpu" false) .) | nindent 4 }}
  securityContext:
    {{- include "devmachine.helperSecurity" .machine | nindent 4 }}
  volumeMounts:
    - name: ide
      mountPath: {{ .machine.idePath }}
  terminationMessagePolicy: FallbackToLogsOnError
{{ include "devmachine.userContainer" . }}
{{- end }}
{{- if include "devmachine.seedsHome" . }}
{{ include "devmachine.homeContainer" . }}
{{- end }}
{{- range $index, $mount := .root.Values.mounts }}
{{- $mountContext := merge (dict "mount" $mount "index" $index) $context }}
{{- if eq (include "devmachine.mountMethod" $mountContext) "s3copy" }}
{{ include "devmachine.s3Containers" $mountContext }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Requests equal limits, so that a machine gets exactly what it requests. Kubernetes requires it for extended resources. */}}
{{- define "devmachine.resources" -}}
{{- $values := .root.Values -}}
{{- $amounts := dict "cpu" (kindIs "string" $values.cpu | ternary $values.cpu (int64 $values.cpu | toString)) "memory" $values.memory -}}
{{- if and .gpu (gt (int64 $values.gpu) 0) -}}
{{- $_ := set $amounts $values.gpuResource (int64 $values.gpu | toString) -}}
{{- end -}}
{{- dict "requests" $amounts "limits" $amounts | toYaml -}}
{{- end -}}

{{- define "devmachine.container" -}}
{{- $values := .root.Values -}}
{{- $machine := .machine -}}
- name: machine
  image: {{ $machine.image | quote }}
  {{- include "devmachine.process" . | nindent 2 }}
  {{- with include "devmachine.variables" . | trim }}
  env:
    {{- . | nindent 4 }}
  {{- end }}
  {{- if int64 $machine.port }}
  ports:
    - name: {{ $machine.portName }}
      containerPort: {{ int64 $machine.port }}
      protocol: TCP
  {{- include "devmachine.probes" $machine | nindent 2 }}
  {{- end }}
  resources:
    {{- include "devmachine.resources" (merge (dict "gpu" true) .) | nindent 4 }}
  securityContext:
    {{- include "devmachine.containerSecurity" $machine | nindent 4 }}
  {{- with include "devmachine.volumeMounts" . | trim }}
  volumeMounts:
    {{- . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "devmachine.variables" -}}
{{- $values := .root.Values -}}
{{- $machine := .machine -}}
{{- if ne $machine.guard "proxy" -}}
- name: {{ $machine.passwordVariable }}
  valueFrom:
    secretKeyRef:
      name: {{ include "devmachine.accessName" .root }}
      key: password
{{ end -}}
{{- $own := list -}}
{{- range $values.env -}}{{- $own = append $own .name -}}{{- end -}}
{{- $ownPrefix := or (has "npm_config_prefix" $own) (has "NPM_CONFIG_PREFIX" $own) -}}
{{- if and $machine.home (not (has "HOME" $own)) -}}
- name: HOME
  value: {{ include "devmachine.literal" $machine.home }}
{{ end -}}
{{- /* Packages that npm installs globally stay on the disk. The template's command adds their programs to PATH. */ -}}
{{- if and $machine.template.bringsIde (not $ownPrefix) -}}
- name: npm_config_prefix
  value: {{ include "devmachine.literal" (print $machine.home "/.local") }}
{{ end -}}
{{- range $values.env }}
- name: {{ .name | quote }}
  {{- if hasKey . "value" }}
  value: {{ .value | quote }}
  {{- end }}
  {{- with .valueFrom }}
  valueFrom:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
{{- end -}}

{{/* Ten minutes to start. Then a machine is restarted only after five minutes without an answer, because somebody may be working in it. */}}
{{- define "devmachine.probes" -}}
{{- $check := dict "tcpSocket" (dict "port" .portName) -}}
{{- if not .ownServer -}}
{{- $check = dict "httpGet" (dict "path" .template.healthPath "port" .portName) -}}
{{- end -}}
startupProbe:
  {{- toYaml $check | nindent 2 }}
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 300
readinessProbe:
  {{- toYaml $check | nindent 2 }}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
{{- if not .ownServer }}
livenessProbe:
  {{- toYaml $check | nindent 2 }}
  periodSeconds: 30
  timeoutSeconds: 10
  failureThreshold: 10
{{- end }}
{{- end -}}
