{{/*
The machine's disk. A machine that is created again finds the claim of its predecessor. The claim may have grown and is
immutable except for its size. So its fields take precedence over the spec; otherwise every upgrade would fail. A claim can
only grow, and only once it is bound; until then its size is left alone, and the next reconcile expands it.

The manifest must not change after the first install. So a StorageClass that the cluster filled in is not rendered later;
the annotation records whether the chart rendered the class.
*/}}
{{- define "devmachine.disk" -}}
{{- with .Values.storage }}
{{- $machine := include "devmachine.machine" $ | fromJson }}
{{- $claim := include "devmachine.claim" $ | fromJson }}
{{- include "devmachine.refuseTerminating" (dict "root" $ "object" $claim) }}
{{- $size := toString .size }}
{{- $currentQuantity := dig "spec" "resources" "requests" "storage" "" $claim }}
{{- if $currentQuantity }}
{{- $currentSize := float64 (include "devmachine.number" $currentQuantity) }}
{{- $requestedSize := float64 (include "devmachine.number" $size) }}
{{- if or (gt $currentSize $requestedSize) (and (lt $currentSize $requestedSize) (ne (dig "status" "phase" "" $claim) "Bound")) }}
{{- $size = $currentQuantity }}
{{- else if lt $currentSize $requestedSize }}
{{- include "devmachine.refuseRigidClass" (dig "spec" "storageClassName" "" $claim) }}
{{- end }}
{{- end }}
{{- $rememberedClass := dig "metadata" "annotations" "ide.example.com/storage-class" "" $claim }}
{{- $class := .storageClassName }}
{{- if or $class $rememberedClass }}
{{- $class = dig "spec" "storageClassName" "" $claim | default $class }}
{{- end }}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ include "devmachine.diskName" $ }}
  namespace: {{ $.Release.Namespace | quote }}
  {{- $added := include "devmachine.addedMetadata" $machine.admin | fromJson }}
  labels:
    {{- include "devmachine.labels" $ | nindent 4 }}
    {{- include "devmachine.added" $added.labels | nindent 4 }}
  {{- $group := include "devmachine.diskGroup" $ }}
  {{- $isForHome := include "devmachine.diskIsForHome" $ }}
  {{- $uid := include "devmachine.uid" $ }}
  {{- if or $machine.keepDisk $uid $class $group $isForHome $added.annotations }}
  annotations:
    {{- if $machine.keepDisk }}
    helm.sh/resource-policy: keep
    {{- end }}
    {{- with $uid }}
    ide.example.com/machine-uid: {{ . | quote }}
    {{- end }}
    {{- with $class }}
    ide.example.com/storage-class: {{ . | quote }}
    {{- end }}
    {{- with $group }}
    ide.example.com/fs-group: {{ . | quote }}
    {{- end }}
    {{- with $isForHome }}
    ide.example.com/seed-home: {{ . | quote }}
    {{- end }}
    {{- include "devmachine.added" $added.annotations | nindent 4 }}
  {{- end }}
spec:
  accessModes:
    {{- dig "spec" "accessModes" (list (.accessMode | default "ReadWriteOnce")) $claim | toYaml | nindent 4 }}
  {{- with $class }}
  storageClassName: {{ . | quote }}
  {{- end }}
  resources:
    requests:
      storage: {{ $size | quote }}
{{- end }}
{{- end -}}
