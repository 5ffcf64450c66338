{{/*
nfs and csi mounts, and s3 mounts with a CSI driver, use a PersistentVolume and a PersistentVolumeClaim: PodSecurity
`restricted` does not allow nfs volumes in a pod, and most CSI drivers support nothing else. A PersistentVolume is immutable, so
its name contains a hash of its content.
*/}}

{{/* How the pod mounts it: claim, s3copy, pvc, secret or configMap. Call with (dict "machine" $machine "mount" $mount). */}}
{{- define "devmachine.mountMethod" -}}
{{- if has .mount.type (list "nfs" "csi") -}}claim
{{- else if ne .mount.type "s3" -}}{{ .mount.type }}
{{- else if get .machine.admin "s3Driver" -}}claim
{{- else -}}s3copy
{{- end -}}
{{- end -}}

{{/*
The source of the mount's PersistentVolume; empty for a driver that the administrator does not list. Call with
(dict "machine" $machine "mount" $mount "namespace" $.Release.Namespace).
*/}}
{{- define "devmachine.volumeSource" -}}
{{- if eq .mount.type "nfs" -}}
nfs:
  server: {{ .mount.nfs.server | quote }}
  path: {{ .mount.nfs.path | quote }}
{{- else if eq .mount.type "csi" -}}
{{- include "devmachine.csiSource" . -}}
{{- else -}}
{{- include "devmachine.s3Source" . -}}
{{- end -}}
{{- end -}}

{{- define "devmachine.s3Source" -}}
{{- $admin := .machine.admin -}}
{{- $s3 := .mount.s3 -}}
{{- include "devmachine.driverSource" (dict
  "driver" $admin.s3Driver
  "volumeHandle" (get $admin "s3VolumeHandle")
  "parameters" (include "devmachine.mapping" (list $admin "s3Parameters") | fromJson)
  "mountOptions" (splitList "\n" (get $admin "s3MountOptions"))
  "secretName" (get $s3 "secretName")
  "namespace" .namespace
  "placeholders" (dict
    "{bucket}" $s3.bucket
    "{prefix}" (get $s3 "prefix" | default "")
    "{endpoint}" (get $s3 "endpoint" | default (get $admin "s3Endpoint"))
    "{region}" (get $s3 "region" | default (get $admin "s3Region"))
  )
) -}}
{{- end -}}

{{- define "devmachine.csiSource" -}}
{{- $csi := .mount.csi -}}
{{- $drivers := include "devmachine.csiDrivers" .machine.admin | fromJson -}}
{{- if hasKey $drivers $csi.driver -}}
{{- include "devmachine.driverSource" (merge (dict
  "driver" $csi.driver
  "secretName" (get $csi "secretName")
  "namespace" .namespace
  "placeholders" (dict "{path}" $csi.path "{namespace}" .namespace)
) (get $drivers $csi.driver)) -}}
{{- end -}}
{{- end -}}

{{/*
The volume of a CSI driver. Call with (dict "driver" … "volumeHandle" … "parameters" $mapping "mountOptions" $list "secretName" …
"namespace" … "placeholders" $placeholders).
*/}}
{{- define "devmachine.driverSource" -}}
{{- $placeholders := .placeholders -}}
{{- $options := list -}}
{{- range .mountOptions -}}
{{- with include "devmachine.fill" (list (trim .) $placeholders) -}}{{- $options = append $options . -}}{{- end -}}
{{- end -}}
{{- $attributes := dict -}}
{{- range $key, $value := .parameters -}}
{{- with include "devmachine.fill" (list $value $placeholders) -}}{{- $_ := set $attributes $key . -}}{{- end -}}
{{- end -}}
{{- with $options -}}
mountOptions:
  {{- toYaml . | nindent 2 }}
{{ end -}}
csi:
  driver: {{ .driver | quote }}
  {{- with .volumeHandle }}
  volumeHandle: {{ include "devmachine.fill" (list . $placeholders) | quote }}
  {{- end }}
  {{- with $attributes }}
  volumeAttributes:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .secretName }}
  {{- range list "nodeStageSecretRef" "nodePublishSecretRef" }}
  {{ . }}:
    name: {{ $.secretName | quote }}
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

{{/*
A mount's PersistentVolume as JSON: {claim, source}. A node hangs if two volumes have one handle, so a handle is unique by
default. Call as devmachine.mountClaim.
*/}}
{{- define "devmachine.volume" -}}
{{- $claim := include "devmachine.mountClaim" . -}}
{{- $source := include "devmachine.volumeSource" . | fromYaml -}}
{{- if hasKey $source "csi" -}}
{{- $handle := dig "csi" "volumeHandle" "" $source | default "{volume}" -}}
{{- $_ := set $source.csi "volumeHandle" (replace "{volume}" (print .namespace "-" $claim) $handle) -}}
{{- end -}}
{{- dict "claim" $claim "source" $source | toRawJson -}}
{{- end -}}
