<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22" styleCategories="Symbology|Labeling|Fields|MapTips" labelsEnabled="1" simplifyDrawingHints="1" hasScaleBasedVisibilityFlag="0">
  <renderer-v2 type="RuleRenderer" symbollevels="0" forceraster="0" enableorderby="1">
    <rules key="signals">
      <rule key="rule0" symbol="0" filter="&quot;standing&quot; = 'signal' AND &quot;relation&quot; = 'outside'" label="Signaal buiten de vergunde grond"/>
      <rule key="rule1" symbol="1" filter="&quot;standing&quot; = 'signal' AND &quot;relation&quot; = 'undecided'" label="Signaal, niet te zeggen (in de twijfelzone)"/>
      <rule key="rule2" symbol="2" filter="&quot;standing&quot; = 'signal' AND &quot;relation&quot; = 'inside'" label="Signaal binnen de vergunde grond"/>
      <rule key="rule3" symbol="3" filter="&quot;standing&quot; = 'permitted_change'" label="Toegestane verandering"/>
    </rules>
    <symbols>
      <symbol type="fill" name="0" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="168,50,10,255"/>
            <Option name="style" type="QString" value="b_diagonal"/>
            <Option name="outline_color" type="QString" value="168,50,10,255"/>
            <Option name="outline_width" type="QString" value="1"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="solid"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
          <data_defined_properties>
            <Option type="Map">
              <Option name="name" type="QString" value=""/>
              <Option name="properties" type="Map">
                <Option name="outlineWidth" type="Map">
                  <Option name="active" type="bool" value="true"/>
                  <Option name="expression" type="QString" value='0.3 + 0.7 * "priority"'/>
                  <Option name="type" type="int" value="3"/>
                </Option>
              </Option>
              <Option name="type" type="QString" value="collection"/>
            </Option>
          </data_defined_properties>
        </layer>
      </symbol>
      <symbol type="fill" name="1" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="122,92,0,255"/>
            <Option name="style" type="QString" value="f_diagonal"/>
            <Option name="outline_color" type="QString" value="122,92,0,255"/>
            <Option name="outline_width" type="QString" value="1"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="dash"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
          <data_defined_properties>
            <Option type="Map">
              <Option name="name" type="QString" value=""/>
              <Option name="properties" type="Map">
                <Option name="outlineWidth" type="Map">
                  <Option name="active" type="bool" value="true"/>
                  <Option name="expression" type="QString" value='0.3 + 0.7 * "priority"'/>
                  <Option name="type" type="int" value="3"/>
                </Option>
              </Option>
              <Option name="type" type="QString" value="collection"/>
            </Option>
          </data_defined_properties>
        </layer>
      </symbol>
      <symbol type="fill" name="2" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="31,78,121,255"/>
            <Option name="style" type="QString" value="dense6"/>
            <Option name="outline_color" type="QString" value="31,78,121,255"/>
            <Option name="outline_width" type="QString" value="1"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="dash dot"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
          <data_defined_properties>
            <Option type="Map">
              <Option name="name" type="QString" value=""/>
              <Option name="properties" type="Map">
                <Option name="outlineWidth" type="Map">
                  <Option name="active" type="bool" value="true"/>
                  <Option name="expression" type="QString" value='0.3 + 0.7 * "priority"'/>
                  <Option name="type" type="int" value="3"/>
                </Option>
              </Option>
              <Option name="type" type="QString" value="collection"/>
            </Option>
          </data_defined_properties>
        </layer>
      </symbol>
      <symbol type="fill" name="3" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="89,89,89,255"/>
            <Option name="style" type="QString" value="no"/>
            <Option name="outline_color" type="QString" value="89,89,89,255"/>
            <Option name="outline_width" type="QString" value="0.3"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="dot"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
    </symbols>
    <orderby>
      <orderByClause asc="1" nullsFirst="1">"priority"</orderByClause>
    </orderby>
  </renderer-v2>
  <labeling type="simple">
    <settings calloutType="simple">
      <text-style fieldName="CASE WHEN &quot;standing&quot; = 'signal' THEN replace(format_number(&quot;priority&quot;, 2), '.', ',') END" isExpression="1" fontSize="9" fontSizeUnit="Point" textColor="26,26,26,255" textOpacity="1" fontWeight="50" namedStyle="Regular">
        <text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255" bufferOpacity="0.9" bufferJoinStyle="128" bufferNoFill="1"/>
      </text-style>
      <placement placement="1" centroidInside="1" priority="10"/>
      <rendering drawLabels="1" obstacle="0" scaleVisibility="1" scaleMin="1" scaleMax="50000" upsidedownLabels="0"/>
    </settings>
  </labeling>
  <aliases>
    <alias index="1" field="signal_id" name="Signaal"/>
    <alias index="2" field="site_id" name="Locatie"/>
    <alias index="3" field="reference" name="Vergunning"/>
    <alias index="4" field="kind" name="Soort"/>
    <alias index="5" field="standing" name="Stand"/>
    <alias index="6" field="relation" name="Ligging"/>
    <alias index="7" field="priority" name="Prioriteit (0-1)"/>
    <alias index="8" field="area_m2" name="Oppervlakte (m²)"/>
    <alias index="9" field="area_error_m2" name="Standaardfout oppervlakte (m²)"/>
    <alias index="10" field="share_outside" name="Deel voorbij de grens (0-1)"/>
    <alias index="11" field="distance_m" name="Verst voorbij de grens (m)"/>
    <alias index="12" field="doubt_m" name="Halve breedte twijfelzone (m)"/>
    <alias index="13" field="last_unchanged" name="Laatst onveranderd gezien"/>
    <alias index="14" field="first_changed" name="Eerst veranderd gezien"/>
    <alias index="15" field="novelty" name="Ten opzichte van de vorige screening"/>
    <alias index="16" field="reason_nl" name="Reden"/>
    <alias index="17" field="reason_en" name="Reden (Engels)"/>
    <alias index="18" field="method" name="Methode"/>
    <alias index="19" field="p_value" name="Kans bij onveranderde grond"/>
    <alias index="20" field="score" name="Score"/>
    <alias index="21" field="before_tif" name="Beeld vóór"/>
    <alias index="22" field="after_tif" name="Beeld na"/>
    <alias index="23" field="score_tif" name="Scorekaart"/>
  </aliases>
  <previewExpression>"reference"</previewExpression>
  <mapTip>&lt;b>[% "kind" %]&lt;/b>&lt;br>[% "reference" %]&lt;br>[% "reason_nl" %]</mapTip>
  <layerGeometryType>2</layerGeometryType>
</qgis>
