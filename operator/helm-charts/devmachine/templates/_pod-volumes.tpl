{{/* The pod's volumes and where the machine sees them. Call with (dict "root" $ "machine" $machine "namespace" $.Release.Namespace). */}}

{{/* Without a disk, a template's home must still be a directory that its user can write: true where it needs one. */}}
{{- define "devmachine.needsHome" -}}
{{- $home := .machine.home -}}
{{- if and $home (not .root.Values.storage) -}}
{{- $mounted := false -}}
{{- range .root.Values.mounts -}}
{{- if eq .mountPath $home -}}{{- $mounted = true -}}{{- end -}}
{{- end -}}
{{- if not $mounted }}true{{ end -}}
{{- end -}}
{{- end -}}

{{- define "devmachine.volumes" -}}
{{- $context := . -}}
{{- if .root.Values.storage }}
- name: disk
  persistentVolumeClaim:
    claimName: {{ include "devmachine.diskName" .root }}
{{- else if include "devmachine.needsHome" . }}
- name: home
  emptyDir: {}
{{- end }}
{{- if .machine.template.bringsIde }}
- name: ide
  emptyDir:
    sizeLimit: 2Gi
{{- end }}
{{- range $index, $mount := .root.Values.mounts }}
{{- $way := include "devmachine.mountWay" (merge (dict "mount" $mount) $context) }}
- name: mount-{{ $index }}
  {{- if eq $way "claim" }}
  persistentVolumeClaim:
    claimName: {{ include "devmachine.mountClaim" (merge (dict "mount" $mount) $context) | quote }}
  {{- else if eq $way "s3copy" }}
  emptyDir: {}
  {{- else if eq $way "pvc" }}
  persistentVolumeClaim:
    claimName: {{ $mount.pvc.claimName | quote }}
  {{- else if eq $way "secret" }}
  secret:
    secretName: {{ $mount.secret.name | quote }}
  {{- else if eq $way "configMap" }}
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
{{- if .machine.template.bringsIde }}
- name: ide
  mountPath: {{ .machine.idePath | quote }}
  readOnly: true
{{- end }}
{{- range $index, $mount := .root.Values.mounts }}
- name: mount-{{ $index }}
  mountPath: {{ $mount.mountPath | quote }}
  {{- if or (get $mount "readOnly") (has $mount.type (list "secret" "configMap")) }}
  readOnly: true
  {{- end }}
{{- end }}
{{- end -}}
