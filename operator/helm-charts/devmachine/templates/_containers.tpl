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
    {{- include "devmachine.resources" (merge (dict "devices" false) .) | nindent 4 }}
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

{{/*
Requests equal limits, so that a machine gets exactly what it requests. Kubernetes requires it for extended resources. The
administrator's room for files (devmachine.room) is an exception. Call with
(merge (dict "devices" $bool) $context): whether the container gets the extended resources of the machine.
*/}}
{{- define "devmachine.resources" -}}
{{- $values := .root.Values -}}
{{- $amounts := dict "cpu" (kindIs "string" $values.cpu | ternary $values.cpu (int64 $values.cpu | toString)) "memory" $values.memory -}}
{{- if .devices -}}
{{- range $name, $amount := $values.resources -}}{{- $_ := set $amounts $name (int64 $amount | toString) -}}{{- end -}}
{{- if gt (int64 $values.gpu) 0 -}}{{- $_ := set $amounts $values.gpuResource (int64 $values.gpu | toString) -}}{{- end -}}
{{- end -}}
{{- $room := include "devmachine.room" . | fromJson -}}
{{- dict "requests" (merge $room.requests $amounts) "limits" (merge $room.limits $amounts) | toYaml -}}
{{- end -}}

{{- define "devmachine.container" -}}
{{- $values := .root.Values -}}
{{- $machine := .machine -}}
- name: machine
  {{- include "devmachine.machineImage" . | nindent 2 }}
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
    {{- include "devmachine.resources" (merge (dict "devices" true) .) | nindent 4 }}
  securityContext:
    {{- include "devmachine.containerSecurity" $machine | nindent 4 }}
  {{- with include "devmachine.volumeMounts" . | trim }}
  volumeMounts:
    {{- . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* The image of the machine, for the fields of a container. */}}
{{- define "devmachine.machineImage" -}}
image: {{ .machine.image | quote }}
{{- with .root.Values.imagePullPolicy }}
imagePullPolicy: {{ . | quote }}
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
{{- if eq (int64 $values.gpu) 0 -}}
{{ include "devmachine.noGpu" . }}
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
{{- /* The CRD refuses it, but machines that are older than that rule may have it. */}}
{{- if ne .name "NVIDIA_VISIBLE_DEVICES" }}
- name: {{ .name | quote }}
  {{- if hasKey . "value" }}
  value: {{ .value | quote }}
  {{- end }}
  {{- with .valueFrom }}
  valueFrom:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}
{{- end -}}

{{/*
The variable that hides all GPUs from a container. Images with CUDA ask for all of them, and where NVIDIA's is the default
runtime, they get them, whatever they request.
*/}}
{{- define "devmachine.noGpu" -}}
- name: NVIDIA_VISIBLE_DEVICES
  value: void
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
