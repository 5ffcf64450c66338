{{/*
nfs mounts, and s3 mounts with a CSI driver, use a PersistentVolume and a PersistentVolumeClaim: PodSecurity `restricted`
does not allow nfs volumes in a pod, and the CSI drivers for S3 support nothing else. A PersistentVolume is immutable, so
its name contains a hash of its content.
*/}}

{{/* How the pod mounts it: claim, s3copy, pvc, secret or configMap. Call with (dict "machine" $machine "mount" $mount). */}}
{{- define "devmachine.mountMethod" -}}
{{- if eq .mount.type "nfs" -}}claim
{{- else if ne .mount.type "s3" -}}{{ .mount.type }}
{{- else if get .machine.admin "s3Driver" -}}claim
{{- else -}}s3copy
{{- end -}}
{{- end -}}

{{/* The source of the mount's PersistentVolume. Call with (dict "machine" $machine "mount" $mount "namespace" $.Release.Namespace). */}}
{{- define "devmachine.volumeSource" -}}
{{- if eq .mount.type "nfs" -}}
nfs:
  server: {{ .mount.nfs.server | quote }}
  path: {{ .mount.nfs.path | quote }}
{{- else -}}
{{- include "devmachine.s3Source" . -}}
{{- end -}}
{{- end -}}

{{- define "devmachine.s3Source" -}}
{{- $admin := .machine.admin -}}
{{- $s3 := .mount.s3 -}}
{{- $placeholders := dict
  "{bucket}" $s3.bucket
  "{prefix}" (get $s3 "prefix" | default "")
  "{endpoint}" (get $s3 "endpoint" | default (get $admin "s3Endpoint"))
  "{region}" (get $s3 "region" | default (get $admin "s3Region"))
-}}
{{- $options := list -}}
{{- range splitList "\n" (get $admin "s3MountOptions") -}}
{{- $option := include "devmachine.fill" (list (trim .) $placeholders) -}}
{{- if $option -}}{{- $options = append $options $option -}}{{- end -}}
{{- end -}}
{{- $attributes := dict -}}
{{- range $key, $value := include "devmachine.mapping" (list $admin "s3Parameters") | fromJson -}}
{{- with include "devmachine.fill" (list $value $placeholders) -}}{{- $_ := set $attributes $key . -}}{{- end -}}
{{- end -}}
{{- with $options -}}
mountOptions:
  {{- toYaml . | nindent 2 }}
{{ end -}}
csi:
  driver: {{ $admin.s3Driver | quote }}
  {{- with get $admin "s3VolumeHandle" }}
  volumeHandle: {{ include "devmachine.fill" (list . $placeholders) | quote }}
  {{- end }}
  {{- with $attributes }}
  volumeAttributes:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with get $s3 "secretName" }}
  {{- range list "nodeStageSecretRef" "nodePublishSecretRef" }}
  {{ . }}:
    name: {{ $s3.secretName | quote }}
    namespace: {{ $.namespace | quote }}
  {{- end }}
  {{- end }}
{{- end -}}

{{/* A text with its placeholders replaced; empty if the value of one of them is empty. Call with (list $text $placeholders). */}}
{{- define "devmachine.fill" -}}
{{- $text := index . 0 -}}
{{- $empty := false -}}
{{- range $placeholder, $value := index . 1 -}}
{{- if contains $placeholder $text -}}
{{- if not $value -}}{{- $empty = true -}}{{- end -}}
{{- $text = replace $placeholder $value $text -}}
{{- end -}}
{{- end -}}
{{- if not $empty }}{{ $text }}{{ end -}}
{{- end -}}

{{/* The name of a mount's claim. Call with (dict "root" $ "machine" $machine "mount" $mount "namespace" $.Release.Namespace). */}}
{{- define "devmachine.mountClaim" -}}
{{- $content := list .namespace .root.Release.Name .mount.name (include "devmachine.volumeSource" .) | toJson -}}
{{- printf "%s-m-%s" .root.Release.Name (sha256sum $content | trunc 12) -}}
{{- end -}}

{{/* A mount's PersistentVolume as JSON: {claim, source}. Call as devmachine.mountClaim. */}}
{{- define "devmachine.volume" -}}
{{- $claim := include "devmachine.mountClaim" . -}}
{{- $source := include "devmachine.volumeSource" . | fromYaml -}}
{{- if and (hasKey $source "csi") (not (dig "csi" "volumeHandle" "" $source)) -}}
{{- $_ := set $source.csi "volumeHandle" (print .namespace "-" $claim) -}}
{{- end -}}
{{- dict "claim" $claim "source" $source | toRawJson -}}
{{- end -}}
