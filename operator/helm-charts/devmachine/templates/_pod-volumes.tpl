{{/* The pod's volumes and the machine's volumeMounts. Call with (dict "root" $ "machine" $machine "namespace" $.Release.Namespace). */}}

{{/* "true" if the disk or a mount is at a path, otherwise empty. Call with (merge (dict "path" $path) $context). */}}
{{- define "devmachine.isMounted" -}}
{{- $path := .path -}}
{{- $mounted := and .root.Values.storage (eq .machine.diskPath $path) -}}
{{- range .root.Values.mounts -}}
{{- if eq .mountPath $path -}}{{- $mounted = true -}}{{- end -}}
{{- end -}}
{{- if $mounted }}true{{ end -}}
{{- end -}}

{{/* "true" if the home directory needs an emptyDir, because there is no disk and it must be writable; otherwise empty. */}}
{{- define "devmachine.needsHome" -}}
{{- if and .machine.home (not (include "devmachine.isMounted" (merge (dict "path" .machine.home) .))) }}true{{ end -}}
{{- end -}}

{{/*
"true" if /dev/shm is a volume, otherwise empty. The container runtime would make it 64 MiB large, in which data loaders of
machine learning end with a bus error. What is written there counts as memory of the machine, so its limit costs nothing.
*/}}
{{- define "devmachine.needsSharedMemory" -}}
{{- if not (include "devmachine.isMounted" (merge (dict "path" "/dev/shm") .)) }}true{{ end -}}
{{- end -}}

{{- define "devmachine.volumes" -}}
{{- $context := . -}}
{{- if .root.Values.storage }}
- name: disk
  persistentVolumeClaim:
    claimName: {{ include "devmachine.diskName" .root }}
{{- else if include "devmachine.needsHome" . }}
- name: home
  emptyDir: {{ include "devmachine.boundedFolder" . }}
{{- end }}
{{- if include "devmachine.needsSharedMemory" . }}
- name: shared-memory
  emptyDir:
    medium: Memory
    sizeLimit: {{ .root.Values.memory | quote }}
{{- end }}
{{- if .machine.template.bringsIde }}
- name: ide
  emptyDir:
    sizeLimit: 2Gi
- name: user
  emptyDir:
    sizeLimit: 1Mi
{{- end }}
{{- range $index, $mount := .root.Values.mounts }}
{{- $method := include "devmachine.mountMethod" (merge (dict "mount" $mount) $context) }}
- name: mount-{{ $index }}
  {{- if eq $method "claim" }}
  persistentVolumeClaim:
    claimName: {{ include "devmachine.mountClaim" (merge (dict "mount" $mount) $context) | quote }}
  {{- else if eq $method "s3copy" }}
  emptyDir: {{ include "devmachine.boundedFolder" $context }}
  {{- else if eq $method "pvc" }}
  persistentVolumeClaim:
    claimName: {{ $mount.pvc.claimName | quote }}
  {{- else if eq $method "secret" }}
  secret:
    secretName: {{ $mount.secret.name | quote }}
  {{- else if eq $method "configMap" }}
  configMap:
    name: {{ $mount.configMap.name | quote }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "devmachine.volumeMounts" -}}
{{- if .root.Values.storage }}
- name: disk
  mountPath: {{ .machine.diskPath | quote }}
{{- else if include "devmachine.needsHome" . }}
- name: home
  mountPath: {{ .machine.home | quote }}
{{- end }}
{{- if include "devmachine.needsSharedMemory" . }}
- name: shared-memory
  mountPath: /dev/shm
{{- end }}
{{- if .machine.template.bringsIde }}
- name: ide
  mountPath: {{ .machine.idePath | quote }}
  readOnly: true
{{- include "devmachine.userMounts" . }}
{{- end }}
{{- range $index, $mount := .root.Values.mounts }}
- name: mount-{{ $index }}
  mountPath: {{ $mount.mountPath | quote }}
  {{- if or (get $mount "readOnly") (has $mount.type (list "secret" "configMap")) }}
  readOnly: true
  {{- end }}
{{- end }}
{{- end -}}
